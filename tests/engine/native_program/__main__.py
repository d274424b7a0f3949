"""Keys and providers of the native plugin as the stack config lists them, without a generated SDK."""

from typing import Any

import pulumi

config = pulumi.Config()
SECRET_ARGUMENTS = ("token", "password")


class Provider(pulumi.ProviderResource):
    def __init__(self, name: str, arguments: dict[str, Any]) -> None:
        given = {
            key: pulumi.Output.secret(value) if key in SECRET_ARGUMENTS else value
            for key, value in arguments.items()
        }
        super().__init__("flashback", name, given)


class ApiKey(pulumi.CustomResource):
    apiKeyId: pulumi.Output[str]  # noqa: N815 - the name on the wire
    description: pulumi.Output[str]

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        outputs = {"apiKeyId": None}
        super().__init__("flashback:index:ApiKey", name, {**inputs, **outputs}, opts)


providers = {
    name: Provider(name, arguments)
    for name, arguments in (config.get_object("providers") or {}).items()
}
made: dict[str, ApiKey] = {}
for name, inputs in (config.get_object("keys") or {}).items():
    options = pulumi.ResourceOptions(
        provider=providers.get(inputs.pop("by", "")),
        import_=inputs.pop("import", None),
        custom_timeouts=pulumi.CustomTimeouts(create=inputs.pop("timeout", None)),
    )
    # a field may be an output of another key, which a preview does not know
    after = inputs.pop("unknown", {})
    for field, (source, value) in after.items():
        inputs[field] = pulumi.Output.all(made[source].apiKeyId, value).apply(lambda both: both[1])
    made[name] = ApiKey(name, inputs, options)
pulumi.export("ids", {name: key.apiKeyId for name, key in made.items()})
