"""Messages have one style; messages.md beside this file shows them all."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from pulumi_flashback.client import APIConnectionError
from pulumi_flashback.client.errors import APIError, error_for
from tools.messages import Message, messages, messages_of_tools

ALL = (*messages(), *messages_of_tools())


@pytest.mark.parametrize("message", ALL, ids=lambda each: f"{each.file}-{each.place}")
def test_a_message_is_one_plain_line(message: Message) -> None:
    text = message.shown
    assert "\n" not in text
    assert "\t" not in text
    assert "  " not in text.lstrip() or message.file == "cli/doctor.py"  # columns
    assert not text.endswith(".") or text.endswith("..."), "a message ends without a full stop"
    assert "!" not in text.replace("(!)", "").replace("with !", "")
    assert "please" not in text.lower()


def test_none_is_empty_of_words() -> None:
    assert len(ALL) > 250
    assert {each.file.partition("/")[0] for each in ALL} >= {"cli", "client", "resources", "shell"}


@pytest.mark.parametrize("status", [each.value for each in HTTPStatus if each.value >= 300])
def test_each_refusal_says_what_to_do(status: int) -> None:
    error = error_for("POST /apikeys", status, "words", "r-1")
    assert isinstance(error, APIError)
    assert error.hint
    assert str(error) == f"POST /apikeys: {status} words (request id r-1). {error.hint}"


def test_a_failed_connection_says_what_to_do() -> None:
    error = APIConnectionError("POST /apikeys", "refused", sent=False)
    assert str(error) == f"POST /apikeys: refused. {error.hint}"
