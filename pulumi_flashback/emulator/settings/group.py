"""What the settings of all families are made of."""

from pydantic import BaseModel, ConfigDict


class SettingGroup(BaseModel):
    """The settings of one family. Their docstrings are their descriptions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )
