"""The native provider as the engine starts it from a checkout; see PulumiPlugin.yaml."""

import sys

from pulumi_flashback.native.__main__ import main

sys.exit(main())
