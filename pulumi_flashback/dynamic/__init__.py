"""Shell 1: the resources of the core as a Pulumi dynamic provider."""
