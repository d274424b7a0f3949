"""The ``flashback`` command. Nothing outside this package loads it."""
