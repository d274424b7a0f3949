"""API numbers that programs write as names, so that diffs are readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_flashback.core.types import valid_identifier


@dataclass(frozen=True, eq=False)
class NamedNumbers:
    """Names and their numbers. A number without a name is written in digits."""

    numbers: Mapping[str, int]

    def number(self, text: str) -> int:
        """Return the number of a valid text."""
        return self.numbers[text] if text in self.numbers else int(text)

    def text(self, number: int | None) -> str | None:
        """Return the name of a number, or its digits."""
        names = {each: name for name, each in self.numbers.items()}
        return None if number is None else names.get(number, str(number))

    def valid(self, text: str) -> str:
        """Accept a name, or the digits of a number without one."""
        valid_identifier(text)
        digits = text.isascii() and text.isdecimal() and text == str(int(text))
        if text not in self.numbers and not (digits and int(text) not in self.numbers.values()):
            raise ValueError(f"must be {', '.join(self.numbers)}, or the number of another one")
        return text
