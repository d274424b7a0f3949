"""Builds the generic Terraform provider for REST APIs, which the benchmark compares with."""

from __future__ import annotations

from pathlib import Path

from tools.pulumi_cli import (
    _fingerprint,
    _go,
    _made_whole,
    _NotPossible,
    _pinned,
    _run_go_build,
    _say,
    cache_directory,
)

MODULE = Path(__file__).parent / "terraform_restapi"
_PACKAGE = "github.com/Mastercard/terraform-provider-restapi"


class ProviderUnavailableError(Exception):
    """It is not there and cannot be built; the text says why."""


def ensure_restapi_provider() -> Path:
    """Return the directory of the provider, which is built from the Go modules that are pinned.

    Raises:
        ProviderUnavailableError: It cannot be built.
    """
    version = _pinned(_PACKAGE, MODULE)
    target = cache_directory() / f"terraform-restapi-{version}-{_fingerprint(MODULE)}"
    try:
        go = _go()
        with _made_whole(target) as unfinished:
            if unfinished is not None:
                _say(f"terraform-provider-restapi: building {version} from its Go modules (once)")
                _run_go_build(go, MODULE, "-s -w", [_PACKAGE], unfinished)
    except (_NotPossible, OSError) as reason:
        raise ProviderUnavailableError(f"no terraform-provider-restapi: {reason}") from None
    return target
