"""The banner of pages that say how to install; the first release deletes its file."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).parent / "templates" / "unreleased.md"


def with_banner(text: str) -> str:
    """Return a text with the banner between its marks, or with nothing there after the release."""
    banner = FILE.read_text(encoding="utf-8").rstrip() if FILE.exists() else ""
    return replaced(text, "unreleased", banner)


def replaced(text: str, name: str, content: str) -> str:
    """Return a text with other content between its two marks."""
    return re.sub(
        rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
        lambda match: f"{match[1]}{content}\n{match[2]}",
        text,
        flags=re.DOTALL,
    )
