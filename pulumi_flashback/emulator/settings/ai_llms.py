"""Choices about AI models, observed in ``conformance/observations/ai_llms.py``."""

from typing import Literal

from pulumi_flashback.emulator.settings.group import SettingGroup


class AiLlmSettings(SettingGroup):
    """Choices that concern AI models, and all that is for the TEST environment."""

    unknown_caller_of_ai: Literal[401, 404] = 401
    """Status below /ai/llm, /policy and /repo/{id}/ai/apikey without a valid token."""
    llm_endpoint: Literal["optional", "required"] = "optional"
    """Whether POST /ai/llm needs `endpoint`: the reference and the vendor's client differ."""
    listed_llm_key: Literal["null", "masked"] = "null"
    """How GET /ai/llm shows `key`; the documentation names both."""
    duplicate_llm_name: Literal[400, 409] = 400
    """Status of POST and PUT /ai/llm for a name that another model of the workspace has."""
