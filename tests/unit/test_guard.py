"""The guard of both providers: one line gets out, whatever happens inside."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pulumi_flashback.shell.guard import ProviderError, guarded


def fail() -> Iterable[object]:
    raise OverflowError("canary")


def test_what_fails_while_the_settings_are_read_is_one_line() -> None:
    with pytest.raises(ProviderError) as failure:
        guarded("create the ApiKey", fail, lambda: None)
    text = str(failure.value)
    assert text.startswith("could not create the ApiKey: unexpected OverflowError at ")
    assert "\n" not in text
    assert "canary" not in text
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None
