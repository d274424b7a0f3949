"""A key pair that is made elsewhere in the program, and the API key that holds it."""

from typing import Any
from urllib.request import urlopen

import pulumi
from pulumi import dynamic

from pulumi_flashback import ApiKey

config = pulumi.Config()
overlap = config.get_bool("overlap")


class KeyPairProvider(dynamic.ResourceProvider):
    """Stands for a cloud. It tells of each create and delete by a request that changes nothing."""

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        with urlopen(f"{props['backend']}/health"):
            pass
        pair = {"access": f"AKIA-{props['generation']}", "private": f"canary-{props['generation']}"}
        return dynamic.CreateResult(props["generation"], {**props, **pair})

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        changed = olds["generation"] != news["generation"]
        return dynamic.DiffResult(changes=changed, replaces=["generation"] if changed else [])

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        with urlopen(f"{props['backend']}/"):
            pass


class KeyPair(dynamic.Resource):
    generation: pulumi.Output[str]
    access: pulumi.Output[str]
    private: pulumi.Output[str]

    def __init__(self, name: str, generation: str, backend: str) -> None:
        given = {"generation": generation, "backend": backend, "access": None, "private": None}
        secrets = pulumi.ResourceOptions(additional_secret_outputs=["access", "private"])
        super().__init__(KeyPairProvider(), name, given, secrets)


pair = KeyPair("pair", config.require("generation"), config.require("backend"))
backups = ApiKey(
    "backups",
    workspace_id=config.require("workspaceId"),
    key=pair.access,
    secret=pair.private,
    provider="AWS",
    rotation_triggers={"written": config.require("written")},
    opts=pulumi.ResourceOptions(replacement_trigger=pair.generation if overlap else None),
)
pulumi.export("apiKeyId", backups.api_key_id)
