"""Infrastructure as code for the Flashback platform: what a Pulumi program imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_flashback.dynamic.api_key import ApiKey, ApiKeyArgs

__all__ = ["ApiKey", "ApiKeyArgs"]


def __getattr__(name: str) -> Any:
    # late, so that the client and the emulator work without loading Pulumi
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pulumi_flashback.dynamic import api_key

    return getattr(api_key, name)


def __dir__() -> list[str]:
    return __all__
