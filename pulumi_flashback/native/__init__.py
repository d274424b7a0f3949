"""Shell 2: ``pulumi-resource-flashback``, a native plugin for programs in every language."""
