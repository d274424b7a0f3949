"""The native provider: ``pulumi-resource-flashback``, for programs in every language."""
