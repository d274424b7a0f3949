"""Terraform with the generic provider for REST APIs.

The platform has no request for one key, which that provider reads each key with; the benchmark's
backend answers it. A list per key would be slower.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.backend import TOKEN, WORKSPACE
from benchmarks.contestants.base import Case, Contestant
from benchmarks.measure import Command, environment
from tools import go
from tools.cache import UnavailableError, cache_directory, fingerprint

_MODULE = Path(go.__file__).parent / "terraform_restapi"
_PROVIDER = "github.com/Mastercard/terraform-provider-restapi"
_CONFIGURATION = """
terraform {{
  required_providers {{
    restapi = {{ source = "Mastercard/restapi" }}
  }}
}}

variable "keys" {{ type = number }}
variable "region" {{ type = string }}

provider "restapi" {{
  uri                   = "{url}"
  id_attribute          = "id"
  create_returns_object = true
  write_returns_object  = false
  headers               = {{ Authorization = "Bearer {token}" }}
}}

resource "restapi_object" "key" {{
  count = var.keys
  path  = "/apikeys"
  data = jsonencode({{
    workspaceId = "{workspace}"
    key         = format("AKIAIOSFODNN7EX%05d", count.index)
    secret      = format("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMP%05d", count.index)
    provider    = "AWS"
    region      = var.region
  }})
}}
"""
_CLI_CONFIG = """
provider_installation {{
  dev_overrides {{ "Mastercard/restapi" = "{provider}" }}
  direct {{}}
}}
"""


class Terraform(Contestant):
    """Terraform, with the same number of operations at once."""

    provider = "terraform-provider-restapi"

    def set_up(self, case: Case) -> None:
        self._terraform = os.environ.get("BENCHMARK_TERRAFORM") or shutil.which("terraform") or ""
        if not self._terraform:
            raise UnavailableError("there is no terraform on PATH")
        version = go.pinned(_PROVIDER, _MODULE)
        name = f"terraform-restapi-{version}-{fingerprint(_MODULE)}"
        provider = go.build(_MODULE, cache_directory("pulumi-cli") / name, [_PROVIDER])
        self._case = case
        url = case.backend["FLASHBACK_BASE_URL"]
        (case.directory / "main.tf").write_text(
            _CONFIGURATION.format(url=url, token=TOKEN, workspace=WORKSPACE)
        )
        (case.directory / "terraformrc").write_text(_CLI_CONFIG.format(provider=provider))

    def command(self, phase: str) -> Command | None:
        action, *options = {
            "preview": ["plan"],
            "no-op preview": ["plan", "-detailed-exitcode"],  # a change would be a failure
            "refresh": ["apply", "-refresh-only", "-auto-approve"],
            "destroy": ["destroy", "-auto-approve"],
        }.get(phase, ["apply", "-auto-approve"])
        variables = environment(
            TF_CLI_CONFIG_FILE=str(self._case.directory / "terraformrc"),
            TF_IN_AUTOMATION="1",
            CHECKPOINT_DISABLE="1",
            TF_VAR_keys=str(self._case.keys),
            TF_VAR_region="eu-west-1" if phase in ("update", "destroy") else "us-east-1",
        )
        parallelism = f"-parallelism={self._case.parallel}"
        return Command(
            [self._terraform, action, "-input=false", "-no-color", parallelism, *options],
            self._case.directory,
            variables,
        )

    def state(self) -> dict[str, float]:
        file = self._case.directory / "terraform.tfstate"
        return {"instance": file.stat().st_size / self._case.keys}
