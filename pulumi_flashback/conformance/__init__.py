"""``flashback conformance``: find out what the platform does where its documentation is silent.

The emulator has a setting for each such choice; ``observations`` has a function of the same name
in the module of the same family, which finds out over the public API. To add one, write::

    @observation
    def listed_key(run: Run) -> Any:
        shown = run.row(run.key())["key"]  # creates a key, and reads its row from the list
        ...

It returns one of the setting's alternatives, or raises :class:`NotObserved` with the reason, or
:class:`Unlike` if what the API does is none of them. What it creates through ``run`` is deleted at
the end. Whoever cannot be (a second user, a workspace in a read-only run) raises ``NotObserved``
by itself. A new family adds its module to ``observations/__init__.py``.
"""
