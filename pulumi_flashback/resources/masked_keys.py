"""Compares keys with what a list may show: all, a mask (``AKIA****7QX2``), or a short prefix."""

from __future__ import annotations

import re

_CERTAIN_MASK = re.compile(r"[*•●·∙…]+|\.{3,}")
_MASK = re.compile(rf"{_CERTAIN_MASK.pattern}|#{{3,}}|[xX]{{4,}}")
_SHORT_PREFIX = 4

VISIBLE_END = 4
"""Visible characters at the end of a masked key that are enough to identify it."""


def may_show(listed: str | None, known: str | None) -> bool:
    """Return whether a listed text may be a known key, in full or masked."""
    if listed is None or known is None:
        return False
    listed, known = listed.strip(), known.strip()  # a backend may remove a line break
    if listed == known:
        return True
    first, *others = _MASK.split(listed)
    if not others:  # a display prefix shows only a small part; a longer one is another key
        return known.startswith(listed) and len(listed) <= max(_SHORT_PREFIX, len(known) // 2)
    return known.startswith(first) and known.endswith(others[-1])


def identifies(listed: str | None, known: str) -> bool:
    """Return whether a listed text identifies a key: it shows all of it, or enough of its end."""
    if listed is not None and listed.strip() == known.strip():
        return True
    return may_show(listed, known) and len(_MASK.split((listed or "").strip())[-1]) >= VISIBLE_END


def is_masked(listed: str | None) -> bool:
    """Return whether a listed text certainly contains mask characters."""
    return bool(listed and _CERTAIN_MASK.search(listed))
