"""The native provider: ``pulumi-resource-flashback``, for programs in every language."""

from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.json")  # the package schema, written by `make generate`
