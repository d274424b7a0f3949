"""The dynamic provider: offers the core's resources through ``pulumi.dynamic``."""
