"""What the typed resource classes have in common: names, secrets, options."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from typing import Any

import pulumi
from pulumi import dynamic
from pulumi.runtime.config import get_config, is_config_secret

from pulumi_flashback.dynamic.provider import FlashbackProvider
from pulumi_flashback.options import NAMESPACE, OPTIONS


class FlashbackResource(dynamic.Resource):
    """Base of the typed resource classes. State and wire use camelCase, Python snake_case.

    Args:
        provider: The provider class of the resource.
        name: The name of the resource in the program.
        inputs: Values by snake_case name; None for what is left out.
        required: The names of the inputs that must not be left out.
        outputs: The names of the outputs that are no inputs.
        secrets: The names of the properties that are always secret.
        opts: Options of the resource.

    Raises:
        TypeError: A required input is missing.
        pulumi.RunError: The options have a provider that would be ignored.
    """

    def __init__(
        self,
        provider: FlashbackProvider,
        name: str,
        *,
        inputs: Mapping[str, pulumi.Input[Any] | None],
        required: Collection[str],
        outputs: Collection[str],
        secrets: Collection[str],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        refuse_native_provider(name, opts)
        opts = pulumi.ResourceOptions.merge(
            pulumi.ResourceOptions(additional_secret_outputs=list(secrets)), opts
        )
        if opts.id is None:
            _require(inputs, required)
        properties: dict[str, Any] = {
            name: pulumi.Output.secret(value) if name in secrets and value is not None else value
            for name, value in inputs.items()
        }
        properties.update(dict.fromkeys(outputs))  # only what is listed becomes an output
        _warn_of_plain_config()
        with _no_stack_trace():
            super().__init__(provider, name, properties, opts)

    def translate_output_property(self, prop: str) -> str:
        """Return the Python name of a property of the state."""
        return _snake_case(prop)

    def translate_input_property(self, prop: str) -> str:
        """Return the name that a Python property has in the state."""
        return _camel_case(prop)


def refuse_native_provider(name: str, opts: pulumi.ResourceOptions | None) -> None:
    """Refuse an account of the native form: Pulumi ignores it here and uses another one.

    Args:
        name: The name of the resource in the program.
        opts: Its options.

    Raises:
        pulumi.RunError: There is such a provider in them.
    """
    given = (opts.provider, opts.providers) if opts else ()
    providers: list[object] = []
    for each in given:
        providers += each.values() if isinstance(each, Mapping) else _listed(each)
    if any(getattr(each, "package", "") == NAMESPACE for each in providers):
        raise pulumi.RunError(
            f"{name} has a Provider of pulumi_flashback_native in its options, which resources of "
            "pulumi_flashback do not use: they take the settings of the stack. For another account "
            "declare the resource with pulumi_flashback_native"
        )


def _listed(value: Any) -> Sequence[object]:
    return value if isinstance(value, Sequence) else [value]


def values_of(args: Any, single: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a resource, which are given in one object or one by one.

    Args:
        args: A dataclass of inputs, or None.
        single: The single inputs by name; None for what is left out.

    Raises:
        TypeError: There are some of both.
    """
    if args is None:
        return single
    twice = [name for name, value in single.items() if value is not None]
    if twice:
        raise TypeError(
            f"Give the inputs in {type(args).__name__} or one by one, not both: {', '.join(twice)}"
        )
    return {each.name: getattr(args, each.name) for each in fields(args)}


def _require(inputs: Mapping[str, object], required: Collection[str]) -> None:
    for name in required:
        if inputs.get(name) is None:
            raise TypeError(f"Missing required property '{name}'")


@contextmanager
def _no_stack_trace() -> Iterator[None]:
    """Keep the call stack of the program out of the state.

    The SDK sends it with every dynamic resource, and the engine keeps it. Nothing shows it, its
    first lines are of this package, the others name paths of the machine; and it is nearly half of
    the state of a key, which the engine writes whole at every step. The SDK asks ``traceback`` for
    it, so where that gives the innermost call only, there is no caller to send.
    """
    limit = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if limit is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = limit


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


@cache
def _camel_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda match: match[1].upper(), name)


@cache
def _warn_of_plain_config() -> None:
    """Say once per program which credentials lie in clear text in the stack config and state."""
    for option in OPTIONS:
        if option.secret and get_config(option.key) and not is_config_secret(option.key):
            pulumi.log.warn(
                f"{option.key} is stored in clear text in the stack config and in the state; store "
                f"it with `pulumi config set --secret {option.key}`, or use {option.variable}"
            )
