"""The ``flashback`` command. Nothing outside this package imports it."""
