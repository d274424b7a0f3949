"""Both shells have to stand the same."""

from tests.contract.conftest import shell as shell
