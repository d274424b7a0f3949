"""What the documentation leaves open: a client should work under every alternative."""

import json
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from pydantic import Field, ValidationError

from pulumi_flashback.emulator.endpoints import SettingGroup
from pulumi_flashback.emulator.families.ai_llms import AiLlmSettings
from pulumi_flashback.emulator.families.api_keys import ApiKeySettings
from pulumi_flashback.emulator.families.buckets import BucketSettings
from pulumi_flashback.emulator.families.members import MemberSettings
from pulumi_flashback.emulator.families.organization import OrganizationSettings
from pulumi_flashback.emulator.families.policies import PolicySettings
from pulumi_flashback.emulator.families.repositories import RepositorySettings
from pulumi_flashback.emulator.families.repository_ai_keys import RepositoryAiKeySettings
from pulumi_flashback.emulator.families.repository_keys import RepositoryKeySettings
from pulumi_flashback.emulator.families.users import UserSettings
from pulumi_flashback.emulator.families.workspaces import WorkspaceSettings


class RequestSettings(SettingGroup):
    """Choices that concern all requests."""

    list_lag: int = Field(default=0, ge=0, le=1000)
    """How many responses of GET /apikeys, GET /workspace and GET /workspace/{id} still show the
    state before a write; counted for each path with its query."""
    requests_per_second: int = Field(default=0, ge=0)
    """Rate limit of the whole backend; 0 for none."""
    retry_after_seconds: float = Field(default=1, ge=0)
    """The Retry-After header of a response 429."""
    max_body_bytes: int = Field(default=1024 * 1024, gt=0)
    """Largest request body; a larger one gets 413."""
    wrong_content_type: Literal[400, 415, "accepted"] = 400
    """Status for a body that is not sent as application/json, or `accepted` to read it as JSON
    all the same."""


class EmulatorSettings(  # pydantic takes the fields of the last one first
    PolicySettings,
    RepositoryAiKeySettings,
    AiLlmSettings,
    RequestSettings,
    RepositoryKeySettings,
    RepositorySettings,
    BucketSettings,
    UserSettings,
    OrganizationSettings,
    MemberSettings,
    WorkspaceSettings,
    ApiKeySettings,
):
    """Choices of the emulator. ``python -m pulumi_flashback.emulator --list-settings`` shows them.

    Raises:
        pydantic.ValidationError: A value is none of the alternatives.
    """


for _info in EmulatorSettings.model_fields.values():
    _info.description = " ".join((_info.description or "").split())


def parse_settings(assignments: Iterable[str]) -> EmulatorSettings:
    """Read ``name=value`` texts."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or name not in EmulatorSettings.model_fields:
            problems.append(f"there is no setting {name!r}; see --list-settings")
            continue
        values[name] = _value(value, EmulatorSettings.model_fields[name].annotation)
    settings = EmulatorSettings()
    try:
        settings = EmulatorSettings(**values)
    except ValidationError as error:
        names = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        problems += [f"{name} must be {alternatives(name)}" for name in names]
    if problems:
        raise ValueError("; ".join(problems))
    return settings


def alternatives(name: str) -> str:
    """Return the possible values of a setting, in words."""
    annotation = EmulatorSettings.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return ", ".join(str(value) for value in get_args(annotation))
    words: dict[Any, str] = {bool: "true, false", int: "a whole number", float: "a number above 0"}
    return words.get(annotation, "a JSON object")


def describe_settings() -> str:
    """Return all settings as text, for ``--list-settings``."""
    parts = []
    for name, info in EmulatorSettings.model_fields.items():
        default = (
            json.dumps(info.default) if isinstance(info.default, (dict, bool)) else info.default
        )
        parts.append(f"{name} = {default}\n    {alternatives(name)}\n    {info.description}")
    return "\n".join(parts)


def _value(text: str, annotation: Any) -> Any:
    if get_origin(annotation) is Literal and text in get_args(annotation):
        return text  # even if it looks like a number
    try:
        return json.loads(text)
    except ValueError:
        return text
