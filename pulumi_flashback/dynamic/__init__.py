"""The dynamic provider: the resources of the core in ``pulumi.dynamic``."""
