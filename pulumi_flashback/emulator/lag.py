"""Lists that lag behind writes: each is served from copies of the data, a number of times each."""

from collections import Counter, deque

from pulumi_flashback.emulator.store import Note, Store, User


class Lag:
    """The data before the last writes, each of which some responses of each list still show."""

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
        """Return what a list is served from, once more."""
        pending = [each for each in self._copies if each[1][path] < self._responses]
        if not pending:
            return self._store
        for _, served in pending:
            served[path] += 1
        past = pending[0][0]
        with past.transaction():
            # only lists lag: tokens and users are the current ones
            for kind in (User, Note):
                past.remove(kind)
                for row in self._store.find(kind):
                    past.add(row)
        return past
