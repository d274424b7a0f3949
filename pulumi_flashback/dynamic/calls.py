"""Calls functions in the process of the program, with the settings of its stack."""

import asyncio
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pulumi
from pulumi.runtime import invoke as invoke_engine
from pulumi.runtime.config import get_config
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_flashback.config import read_settings
from pulumi_flashback.core.function import Found, Function
from pulumi_flashback.core.operations import ProviderError, check_arguments, invoke
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.engine import Engine
from pulumi_flashback.settings import ALL_SETTINGS, token


def call_later(function: Function[Found], arguments: Mapping[str, Any]) -> pulumi.Output[Found]:
    given = pulumi.Output.all(**{n: value for n, value in arguments.items() if value is not None})
    if _is_mocked():  # the SDK's mock belongs to the thread of the program
        return given.apply(lambda known: call(function, known))
    # in a thread, so that the program continues in the meantime
    return given.apply(lambda known: asyncio.to_thread(call, function, known))


def call(function: Function[Found], arguments: Mapping[str, Any]) -> Found:
    """Call a function with values by camelCase name, or raise ``pulumi.RunError``."""
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        check_arguments(function, given)
        if _is_mocked():
            mocked = invoke_engine(token(function.name), given)
            return function.from_wire(mocked.value)
        config = {setting.key: get_config(setting.key) or "" for setting in ALL_SETTINGS}
        runtime = _runtime(frozenset(config.items()), frozenset(os.environ.items()))
        return invoke(function, runtime, given)
    except ProviderError as error:
        text = str(error)
    raise pulumi.RunError(text)


def _is_mocked() -> bool:
    return isinstance(get_monitor(), MockMonitor)


@lru_cache(maxsize=8)
def _runtime(
    stack_config: frozenset[tuple[str, str]], environment: frozenset[tuple[str, str]]
) -> Runtime:
    """Return the runtime of a program; a process of the Automation API may run several programs."""
    return Runtime(lambda: read_settings(dict(stack_config), dict(environment)), Engine())
