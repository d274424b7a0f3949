"""Keys as a list may show them: whole, masked (``AKIA****7QX2``), or as a short prefix."""

from __future__ import annotations

import re

_CERTAIN_MASK = re.compile(r"[*•●·∙…]+|\.{3,}")
_MASK = re.compile(rf"{_CERTAIN_MASK.pattern}|#{{3,}}|[xX]{{4,}}")
_SHORT_PREFIX = 4

VISIBLE_END = 4
"""So many visible characters at its end tell a masked key from its neighbors."""


def may_show(listed: str | None, known: str | None) -> bool:
    """Say whether a listed text may stand for a known key, whole or masked."""
    if listed is None or known is None:
        return False
    listed, known = listed.strip(), known.strip()  # a backend may cut a line end off
    if listed == known:
        return True
    first, *others = _MASK.split(listed)
    if not others:  # a display prefix shows a small part; more of it is another text
        return known.startswith(listed) and len(listed) <= max(_SHORT_PREFIX, len(known) // 2)
    return known.startswith(first) and known.endswith(others[-1])


def identifies(listed: str | None, known: str) -> bool:
    """Say whether a listed text stands for a key and hardly any other: whole, or with its end."""
    if listed is not None and listed.strip() == known.strip():
        return True
    return may_show(listed, known) and len(_MASK.split((listed or "").strip())[-1]) >= VISIBLE_END


def is_masked(listed: str | None) -> bool:
    """Say whether a listed text has characters that certainly stand for hidden ones."""
    return bool(listed and _CERTAIN_MASK.search(listed))
