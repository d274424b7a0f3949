"""The base class of the typed resource classes: names, secrets, options."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, TypeVar

import pulumi
from pulumi import dynamic
from pulumi.output import UNKNOWN
from pulumi.runtime import rpc
from pulumi.runtime.config import get_config, is_config_secret
from pulumi.runtime.settings import SETTINGS

from pulumi_flashback.dynamic.provider import REPLACE_ON_CHANGES, FlashbackProvider
from pulumi_flashback.settings import ALL_SETTINGS, NAMESPACE

Kind = TypeVar("Kind", bound="FlashbackResource")


class FlashbackResource(dynamic.Resource):
    """Base class of the typed resource classes, which are generated.

    ``inputs`` has values by Python name, None for omitted ones; ``required``, ``outputs`` and
    ``secrets`` are Python names. The state and the wire format use camelCase.
    """

    def __init_subclass__(cls, **named: str) -> None:
        super().__init_subclass__(**named)
        # otherwise the SDK would evaluate them for each resource of a program
        cls.__annotations__ = get_annotations(cls, eval_str=True)

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
        same_as_id: str = "",
    ) -> None:
        refuse_native_provider(name, opts)
        opts = pulumi.ResourceOptions.merge(
            pulumi.ResourceOptions(additional_secret_outputs=list(secrets)), opts
        )
        if opts.id is None:
            for each in required:
                if inputs.get(each) is None:
                    raise TypeError(f"Missing required property '{each}'")
        properties: dict[str, Any] = {**dict.fromkeys(outputs), **inputs}
        # An output of the SDK takes 2 kB, so a property without a value gets one only when it is
        # read; except those that the SDK converts, which are class attributes
        self._on_demand: dict[str, Any] = dict.fromkeys(
            each
            for each, value in properties.items()
            if value is None and not hasattr(type(self), each)
        )
        for each in self._on_demand:
            del properties[each]
        if opts.replace_on_changes:
            properties[snake_case(REPLACE_ON_CHANGES)] = True
        _warn_of_plain_config()
        with _engine_of([each for each in secrets if each in properties], self._on_demand):
            super().__init__(provider, name, properties, opts)
        if same_as_id:
            # In the preview of an update, the engine knows only the id of the outputs of a dynamic
            # provider. Resources that use this output would be previewed as replaced.
            setattr(self, same_as_id, self.id)

    if not TYPE_CHECKING:  # type checkers would accept any name

        def __getattr__(self, name: str) -> Any:
            """Return a property without a value as an output of the engine's value, or of None."""
            if name not in self.__dict__.get("_on_demand", ()):
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
            return self.urn.apply(lambda _: self._value_of(name))

    def _value_of(self, name: str) -> Any:
        value = rpc.deserialize_property(self._on_demand[name], keep_unknowns=True)
        if value is None and pulumi.runtime.is_dry_run():
            return pulumi.Output.from_input(UNKNOWN)  # the provider may find one
        shown = pulumi.Output.from_input(rpc.unwrap_rpc_secret(value))
        return pulumi.Output.secret(shown) if rpc.is_rpc_secret(value) else shown

    def translate_output_property(self, prop: str) -> str:
        return snake_case(prop)

    def translate_input_property(self, prop: str) -> str:
        return camel_case(prop)


def refuse_native_provider(name: str, opts: pulumi.ResourceOptions | None) -> None:
    """Raise ``pulumi.RunError`` if an option has a native Provider, which Pulumi would ignore."""
    providers: list[object] = []
    for given in (opts.provider, opts.providers) if opts else ():
        single = given.values() if isinstance(given, Mapping) else given
        providers += single if isinstance(single, Iterable) else [single]
    if any(getattr(each, "package", "") == NAMESPACE for each in providers):
        raise pulumi.RunError(
            f"{name} has a Provider of pulumi_flashback_native in its options, but resources of "
            "pulumi_flashback use the settings of the stack. For another account, declare the "
            "resource with pulumi_flashback_native"
        )


def existing(
    kind: type[Kind],
    name: str,
    identifier: pulumi.Input[str],
    opts: pulumi.ResourceOptions | None,
    **parents: pulumi.Input[str],
) -> Kind:
    """Return a resource that is read but not managed; ``parents`` are the inputs to find it."""
    merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=identifier))
    make: Any = kind
    found: Kind = make(name, opts=merged, **parents)
    return found


def values_of(args: Any, single: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a resource, given either in one object or one by one."""
    if args is None:
        return single
    twice = [name for name, value in single.items() if value is not None]
    if twice:
        raise TypeError(
            f"Give the inputs in {type(args).__name__} or one by one, not both: {', '.join(twice)}"
        )
    return {each.name: getattr(args, each.name) for each in fields(args)}


class _EngineOfOneResource:
    """The engine of a program, as one resource sees it.

    Marks the secrets of the request, and stores values of the response in ``on_demand``. Removes
    the call stack: the engine would store it in the state, although nothing shows it, it contains
    paths of the machine, and it is nearly half of the state of a key.
    """

    __slots__ = ("_engine", "_on_demand", "_secrets")

    def __init__(self, engine: Any, secrets: Collection[str], on_demand: dict[str, Any]) -> None:
        self._engine = engine
        self._secrets = secrets
        self._on_demand = on_demand

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._engine, name)
        if name not in ("RegisterResource", "ReadResource"):
            return method

        def registered(request: Any) -> Any:
            field = "object" if name == "RegisterResource" else "properties"
            request.ClearField("stackTrace")
            request.ClearField("sourcePosition")
            given = getattr(request, field)
            for each in self._secrets:
                _mark_secret(given, camel_case(each))
            response = method(request)
            shown = getattr(response, field)
            # The resource failed, or it was skipped; the responses of older SDKs lack ``unknown``
            if response.result or getattr(response, "unknown", False):
                self._on_demand.update(dict.fromkeys(self._on_demand, rpc.UNKNOWN))
            for each in self._on_demand.keys() & {*map(snake_case, shown)}:
                self._on_demand[each] = shown[camel_case(each)]
            return response

        return registered


def _mark_secret(properties: Any, name: str) -> None:
    # The request is changed because marking an input with the SDK's ``Output.secret`` takes 2.5 kB.
    # The SDK leaves out an input whose value turns out to be None; it is marked as well
    if name not in properties:
        properties[name] = None
    if not rpc.is_rpc_secret(rpc.deserialize_property(properties[name])):
        properties[name] = rpc.wrap_rpc_secret(properties[name])


@contextmanager
def _engine_of(secrets: Collection[str], on_demand: dict[str, Any]) -> Iterator[None]:
    # SETTINGS is a context variable, so threads that run their own programs are not affected
    settings: Any = SETTINGS  # the SDK's property has another type than its value
    engine = settings.monitor
    settings.monitor = None if engine is None else _EngineOfOneResource(engine, secrets, on_demand)
    try:
        yield
    finally:
        settings.monitor = engine


@cache
def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


@cache
def camel_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda match: match[1].upper(), name)


@cache
def _warn_of_plain_config() -> None:
    """Warn once per program of credentials in clear text in the stack config and state."""
    for setting in ALL_SETTINGS:
        if setting.secret and get_config(setting.key) and not is_config_secret(setting.key):
            pulumi.log.warn(
                f"{setting.key} is stored in clear text in the stack config and in the state; "
                f"store it with `pulumi config set --secret {setting.key}`, or use "
                f"{setting.variable}"
            )
