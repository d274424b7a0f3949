"""Terraform with the generic provider for REST APIs.

The platform has no request for one key, which that provider reads each key with; the benchmark's
backend answers it. A list per key would be slower.
"""

from __future__ import annotations

import os
import shutil

from benchmarks.backend import TOKEN, WORKSPACE
from benchmarks.contestants.base import Case, Contestant, UnavailableError
from benchmarks.measure import Command, environment
from tools.terraform_provider import ProviderUnavailableError, ensure_restapi_provider

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


class Terraform(Contestant):
    """Terraform, with the same number of operations at once."""

    provider = "terraform-provider-restapi"

    def __init__(self) -> None:
        self._case: Case | None = None
        self._terraform = ""

    def set_up(self, case: Case) -> None:
        self._terraform = os.environ.get("BENCHMARK_TERRAFORM") or shutil.which("terraform") or ""
        if not self._terraform:
            raise UnavailableError("there is no terraform on PATH")
        try:
            provider = ensure_restapi_provider()
        except ProviderUnavailableError as error:
            raise UnavailableError(str(error)) from None
        self._case = case
        (case.directory / "main.tf").write_text(
            _CONFIGURATION.format(
                url=case.backend["FLASHBACK_BASE_URL"], token=TOKEN, workspace=WORKSPACE
            )
        )
        (case.directory / "terraformrc").write_text(
            "provider_installation {\n"
            f'  dev_overrides {{ "Mastercard/restapi" = "{provider}" }}\n'
            "  direct {}\n}\n"
        )

    def command(self, phase: str) -> Command | None:
        assert self._case is not None
        action, *options = {
            "preview": ["plan"],
            "no-op preview": ["plan", "-detailed-exitcode"],  # a change would be a failure
            "refresh": ["apply", "-refresh-only", "-auto-approve"],
            "destroy": ["destroy", "-auto-approve"],
        }.get(phase, ["apply", "-auto-approve"])
        region = "eu-west-1" if phase in ("update", "destroy") else "us-east-1"
        variables = environment(
            TF_CLI_CONFIG_FILE=str(self._case.directory / "terraformrc"),
            TF_IN_AUTOMATION="1",
            CHECKPOINT_DISABLE="1",
            TF_VAR_keys=str(self._case.keys),
            TF_VAR_region=region,
        )
        parallelism = f"-parallelism={self._case.parallel}"
        return Command(
            [self._terraform, action, "-input=false", "-no-color", parallelism, *options],
            self._case.directory,
            variables,
        )

    def state(self) -> dict[str, float]:
        assert self._case is not None
        file = self._case.directory / "terraform.tfstate"
        return {"instance": file.stat().st_size / self._case.keys}
