"""Access keys."""

import pulumi


class AccessKey(pulumi.CustomResource):
    """Declares what the real class declares, for a run without an engine."""

    secret: pulumi.Output[str]

    def __init__(self, name: str, user: str) -> None:
        super().__init__("aws:iam/accessKey:AccessKey", name, {"user": user, "secret": None})
