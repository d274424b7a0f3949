"""The entry point of ``pulumi-resource-flashback``, which the engine starts."""

import argparse
import json
import os
import sys
from importlib.util import find_spec, module_from_spec

from pulumi_flashback.native import SCHEMA
from pulumi_flashback.startup import without_garbage_collection
from pulumi_flashback.version import VERSION


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="pulumi-resource-flashback",
        description="The Flashback provider as a plugin of Pulumi. The Pulumi CLI starts it; to "
        "start it by hand, set PULUMI_DEBUG_PROVIDERS=flashback:PORT for the CLI with the port "
        "that it prints.",
        allow_abbrev=False,
    )
    parser.add_argument("engine", nargs="*", help="the address of the engine")
    parser.add_argument("--schema", action="store_true", help="print the package schema and exit")
    parser.add_argument("--version", action="version", version=VERSION)
    given, _ = parser.parse_known_args()  # the engine adds its logging flags
    if given.schema:
        print(json.dumps(json.loads(SCHEMA.read_text(encoding="utf-8")), indent=2))  # noqa: T201
        return 0
    # plugins of pydantic would see every value, and searching for them takes time
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with without_garbage_collection():
        _load_protocol_alone()
        from pulumi_flashback.native.server import serve
    serve(given.engine[-1] if given.engine else "")
    return 0


def _load_protocol_alone() -> None:
    """Make the modules of ``pulumi.runtime.proto`` importable without the rest of the SDK."""
    # Importing the SDK takes a third of the startup time, and no call of the engine needs it. So
    # these packages are registered here without running their code
    for package in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        spec = find_spec(package)
        if spec is not None and package not in sys.modules:
            sys.modules[package] = module_from_spec(spec)


if __name__ == "__main__":
    sys.exit(main())
