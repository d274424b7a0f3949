"""No object shows a secret where it is printed: in a log, a debugger, a failed assertion."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import pulumi_flashback
from pulumi_flashback.cli.connection import Configuration
from pulumi_flashback.cli.importing.found import Found
from pulumi_flashback.client import ApiKey, FlashbackClient, Tokens
from pulumi_flashback.client.attempt import Attempt
from pulumi_flashback.client.call import Call, Response
from pulumi_flashback.client.credentials import Credentials
from pulumi_flashback.client.models import Rows
from pulumi_flashback.component.description import WorkspaceDescription
from pulumi_flashback.component.entries import KeyDescription
from pulumi_flashback.component.references import ResolvedText
from pulumi_flashback.component.yaml_document import Document
from pulumi_flashback.config import Settings, read_settings
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.lifecycle import PartialFailureError
from pulumi_flashback.core.operations import Operations, ProviderError, guarded
from pulumi_flashback.core.resource_model import ResourceModel
from pulumi_flashback.core.runtime import Runtime
from pulumi_flashback.dynamic.api_key import ApiKeyArgs
from pulumi_flashback.emulator.fault_layer import RealResponse
from pulumi_flashback.engine import Engine
from pulumi_flashback.native.provider_config import ProviderArguments
from pulumi_flashback.native.wire import Bag
from pulumi_flashback.resources.api_key import API_KEY
from pulumi_flashback.testing import Declaration

CANARY = "canary-of-a-secret"
CONFIG = {f"flashback:{n}": CANARY for n in ("token", "refreshToken", "email", "password")}
BOTH = {"workspaceId": "w", "key": CANARY, "secret": CANARY, "provider": "AWS"}
KEY: dict[str, Any] = {"key": CANARY, "secret": CANARY, "provider": "AWS"}


def settings() -> Settings:
    return read_settings({**CONFIG, "flashback:email": "ci@example.com"}, {})


def runtime() -> Runtime:
    made = Runtime(ProviderArguments({"token": CANARY}, explicit=True).settings, Engine())
    made.context()
    return made


def provider_error() -> ProviderError:
    def fail() -> None:
        raise ValueError(CANARY)

    with pytest.raises(ProviderError) as failure:
        guarded("create the ApiKey", lambda: [CANARY], fail)
    return failure.value


HOLDERS: dict[str, Callable[[], object]] = {
    "settings": settings,
    "configuration": lambda: Configuration("dev", CONFIG, settings()),
    "credentials": lambda: Credentials(CANARY, CANARY, "ci@example.com", CANARY),
    "client": lambda: FlashbackClient(token=CANARY, refresh_token=CANARY),
    "context": lambda: Context(settings().client()),
    "runtime": runtime,
    "operations": lambda: Operations(API_KEY, runtime(), hidden=(CANARY,)),
    "provider arguments": lambda: ProviderArguments({"token": CANARY}, explicit=True),
    "bag": lambda: Bag({"secret": CANARY}, frozenset({"secret"}), (CANARY,)),
    "call": lambda: Call("POST /apikeys", "/apikeys", dict(BOTH)),
    "response": lambda: Response(200, CANARY.encode()),
    "attempt": lambda: Attempt(
        Call("PUT /x", "/x", dict(BOTH)),
        Response(200, CANARY.encode()),
        content=CANARY,
        value=CANARY,
    ),
    "tokens": lambda: Tokens(access_token=CANARY, refresh_token=CANARY),
    "row": lambda: ApiKey(id="k", key=CANARY),
    "rows": lambda: Rows([ApiKey(id="k", key=CANARY)]),
    "inputs": lambda: API_KEY.inputs.model_validate(BOTH),
    "found": lambda: Found(API_KEY, "backups", "w/k", dict(BOTH)),
    "args": lambda: ApiKeyArgs(workspace_id="w", **KEY),
    "description": lambda: KeyDescription(**KEY),
    "descriptions": lambda: WorkspaceDescription(name="w", keys={"k": KeyDescription(**KEY)}),
    "resolved text": lambda: ResolvedText(CANARY, secret=True),
    "document": lambda: Document({"keys": {"k": dict(KEY)}}),
    "declaration": lambda: Declaration("flashback:ApiKey", dict(BOTH), frozenset({"secret"})),
    "response of the emulator": lambda: RealResponse(body=CANARY.encode()),
    "partial failure": lambda: PartialFailureError("an object exists", "id", dict(BOTH)),
    "provider error": provider_error,
}


@pytest.mark.parametrize("name", HOLDERS)
def test_what_holds_a_secret_does_not_show_it(name: str) -> None:
    holder = HOLDERS[name]()
    shown = [repr(holder), str(holder), f"{holder}", f"{holder!r}", repr([holder])]
    if isinstance(holder, BaseException):
        shown.append(repr(holder.args))
    assert not [text for text in shown if CANARY in text]


SECRET_NAMES = {
    *("key", "secret", "token", "access_token", "refresh_token", "password", "credentials"),
    *("secrets", "hidden", "stack_config", "body", "content", "inputs"),
}
"""Fields that hold secrets, or may."""

HARMLESS = {
    ("Fault", "body"): "a test wrote it into its script",
    ("ResourceModel", "inputs"): "a model, no values",
    ("Function", "inputs"): "a model, no values",
    ("BucketSeed", "key"): "the label of a key",
    ("AiLlmSeed", "key"): "the label of a key",
    ("Setting", "secret"): "yes or no",
    ("ResolvedText", "secret"): "yes or no",
    ("Declaration", "secrets"): "names",
    ("Bag", "secrets"): "names",
    **{
        (name, "content"): "the text of a policy"
        for name in ("Policy", "PolicyArgs", "PolicyDescription", "PolicyInputs", "PolicySummary")
    },
}


def shown_fields() -> Iterator[tuple[str, str]]:
    """Return class and name of each field in this package that a representation shows."""
    for module in pkgutil.walk_packages(pulumi_flashback.__path__, "pulumi_flashback."):
        if module.name.endswith("__main__"):
            continue
        for each in vars(importlib.import_module(module.name)).values():
            yield from fields_of(each)


def fields_of(each: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(each, type) or not each.__module__.startswith("pulumi_flashback."):
        return
    if issubclass(each, ResourceModel) and each is not ResourceModel:
        return  # a resource has the fields of a declaration
    if dataclasses.is_dataclass(each):
        yield from ((each.__name__, f.name) for f in dataclasses.fields(each) if f.repr)
    elif issubclass(each, BaseModel):
        infos = each.model_fields.items()
        yield from ((each.__name__, name) for name, info in infos if info.repr)


def test_no_field_whose_name_says_secret_is_shown() -> None:
    shown = {field for field in shown_fields() if field[1] in SECRET_NAMES}
    assert shown <= HARMLESS.keys()
    assert ("Settings", "base_url") in set(shown_fields())  # they are found at all
