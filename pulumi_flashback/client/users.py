"""The user that is signed in."""

from __future__ import annotations

from pulumi_flashback.client.models import CurrentUser, CurrentUserAnswer
from pulumi_flashback.client.session import Session
from pulumi_flashback.client.transport import Call


class Users:
    """Users (Flashback API, ``/user``).

    Every method raises a :class:`~pulumi_flashback.client.FlashbackError`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def current(self) -> CurrentUser:
        """``GET /user/profile``: return the user that is signed in."""
        call = Call("GET /user/profile", "/user/profile")
        return self._session.call_for(CurrentUserAnswer, call).data
