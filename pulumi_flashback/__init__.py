"""Infrastructure as code for the Flashback platform: what a Pulumi program imports."""

from pulumi_flashback.dynamic.api_key import ApiKey, ApiKeyArgs

__all__ = ["ApiKey", "ApiKeyArgs"]
