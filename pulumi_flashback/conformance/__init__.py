"""``flashback conformance``: observes behavior of the platform that its documentation leaves open.

The emulator has a setting for each such choice; ``observations`` has a function of the same name
in the module of the same family, which observes it through the public API. To add one, write::

    @observation
    def listed_key(run: Run) -> Any:
        shown = run.row(run.key())["key"]  # creates a key, and reads its row from the list
        ...

It returns one of the setting's alternatives, or raises :class:`NotObserved` with the reason, or
:class:`Unlike` if the API does something else. Objects that it creates through ``run`` are deleted
at the end. Attributes of ``run`` that are not available (a second user, a workspace in a read-only
run) raise ``NotObserved`` themselves. For a new family, add its module to
``observations/__init__.py``.
"""
