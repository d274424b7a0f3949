"""``flashback import``: writes a program and an import list for an existing workspace."""
