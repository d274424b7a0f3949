"""Keys as the stack config lists them: ``keys`` to manage, ``reads`` to look up."""

from typing import Any

import pulumi

from pulumi_flashback import ApiKey

config = pulumi.Config()
# read as plain values: the resource class alone must make them secret
keys: dict[str, Any] = config.require_object("keys")
reads: dict[str, Any] = config.get_object("reads") or {}

made = {name: ApiKey(name, **inputs) for name, inputs in keys.items()}
found = {name: ApiKey.get(name, **inputs) for name, inputs in reads.items()}

pulumi.export("ids", {name: key.api_key_id for name, key in made.items()})
pulumi.export("key", {name: key.key for name, key in made.items()})
pulumi.export("found", {name: key.provider for name, key in found.items()})
