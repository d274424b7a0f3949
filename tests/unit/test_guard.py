"""What leaves a provider is one printable line."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pulumi_flashback.client import FlashbackError
from pulumi_flashback.core.operations import ProviderError, guarded
from pulumi_flashback.engine import Engine

HOSTILE = "k\u202e1\u061c\u2066\ufeff\u2060\u00ad\U000e0041\x1b[2J\x9b\u2028\nx"


def test_an_error_is_one_printable_line() -> None:
    def fail() -> None:
        raise FlashbackError(f"there is no key {HOSTILE}")

    with pytest.raises(ProviderError) as failure:
        guarded(f"read ApiKey {HOSTILE}", list, fail)
    assert str(failure.value) == "could not read ApiKey k 1 x: there is no key k 1 x"


def test_an_error_names_no_secret_that_its_own_words_encode() -> None:
    def fail() -> None:
        raise FlashbackError("the response has canary\\u002Bsecret\\/of")

    with pytest.raises(ProviderError) as failure:
        guarded("read it", lambda: ["canary+secret/of"], fail)
    assert str(failure.value) == "could not read it: the response has [secret]"


def test_a_message_without_an_engine_is_one_printable_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Engine().warn(f"key {HOSTILE} stays")
    assert capsys.readouterr().err == "key k 1 x stays\n"


def broken_settings() -> Iterable[object]:
    raise OverflowError("canary")


def test_what_fails_while_the_settings_are_read_is_one_line() -> None:
    with pytest.raises(ProviderError) as failure:
        guarded("create the ApiKey", broken_settings, lambda: None)
    text = str(failure.value)
    assert text.startswith("could not create the ApiKey: unexpected OverflowError at ")
    assert "\n" not in text
    assert "canary" not in text
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None
