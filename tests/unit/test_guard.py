"""What leaves a provider is one printable line."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.operations import ProviderError, guarded, unexpected
from pulumi_flashback.engine import Engine

HOSTILE = "k\u202e1\u061c\u2066\ufeff\u2060\u00ad\U000e0041\x1b[2J\x9b\u2028\nx"


def raising(error: BaseException) -> Callable[[], list[object]]:
    def fail() -> list[object]:
        raise error

    return fail


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (f"there is no key {HOSTILE}", "could not read k 1 x: there is no key k 1 x"),
        # a secret in an encoding of the error's own
        ("it has canary\\u002Bsecret\\/of", "could not read k 1 x: it has [secret]"),
    ],
)
def test_an_error_is_one_printable_line_without_secrets(reason: str, line: str) -> None:
    with pytest.raises(ProviderError) as failure:
        guarded(f"read {HOSTILE}", lambda: ["canary+secret/of"], raising(FlashbackError(reason)))
    assert str(failure.value) == line


def test_a_message_without_an_engine_is_one_printable_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Engine().warn(f"key {HOSTILE} stays")
    assert capsys.readouterr().err == "key k 1 x stays\n"


@pytest.mark.parametrize("error", [OverflowError("canary\n"), SystemExit("canary\n")])
def test_what_is_unexpected_is_one_line_even_while_the_settings_are_read(
    error: BaseException,
) -> None:
    for secrets, work in ((raising(error), lambda: None), (list, raising(error))):
        with pytest.raises(ProviderError) as failure:
            guarded("create the ApiKey", secrets, work)
        text = str(failure.value)
        assert text.startswith(
            f"could not create the ApiKey: unexpected {type(error).__name__} at "
        )
        assert "\n" not in text
        assert "canary" not in text
        assert failure.value.__cause__ is None
        assert failure.value.__context__ is None


def test_an_unexpected_error_names_its_place_where_tracebacks_are_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
    with pytest.raises(ZeroDivisionError) as raised:
        divmod(1, 0)
    assert unexpected(raised.value).startswith("unexpected ZeroDivisionError at test_guard.py:")
