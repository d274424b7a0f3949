"""Simulates lists that lag behind writes: they are served from earlier copies of the data."""

from collections import Counter, deque

from pulumi_flashback.emulator.store import Note, Store, User


class Lag:
    """Copies of the data before the last writes; each list shows a copy in several responses."""

    def __init__(self, store: Store, responses: int) -> None:
        self._store = store
        self._responses = responses
        self._copies: deque[tuple[Store, Counter[str]]] = deque()

    def before_write(self) -> None:
        """Copy the data."""
        if self._responses:
            self._copies.append((self._store.copy(), Counter()))
        if len(self._copies) > 100:  # enough for every test
            self._copies.popleft()[0].close()

    def store_for(self, path: str) -> Store:
        """Return the data for one more response of a list."""
        pending = [each for each in self._copies if each[1][path] < self._responses]
        if not pending:
            return self._store
        for _, served in pending:
            served[path] += 1
        past = pending[0][0]
        with past.transaction():
            # only lists lag: tokens and users are current
            for kind in (User, Note):
                past.remove(kind)
                for row in self._store.find(kind):
                    past.add(row)
        return past
