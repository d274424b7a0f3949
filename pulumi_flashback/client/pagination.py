"""Detects incomplete lists by all common signs of pagination."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from pulumi_flashback.redaction import one_line


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A list that silently lacks rows would make a refresh remove live objects from the state.
# Names are compared in lower case, without punctuation and without words for the rows:
# total_count, totalItems, X-Total and, in a list of users, totalUsers are all "total".
_WRAPPERS = _words(
    """meta metadata pagination paging page pageinfo pageable cursor cursors links responsemetadata
    data result results info list listmetadata"""
)
_ROWS = re.compile("(items?|rows?|records?|results?|elements?|entries|entry|objects?|documents?)")
_TOTALS = _words("total totals totalcount count totalnumber numtotal totalsize fullcount")
_COUNTS = _words("count counts total totals")
_PAGES = _words("pages totalpages pagecount numpages pagetotal lastpage maxpage")
# where the requested page, which is the first one, begins
_FIRST = {"page": 1, "currentpage": 1, "pagenumber": 1, "offset": 0, "skip": 0}
_MORE = _words(
    """hasmore hasmorepages morepages hasnext hasnextpage more moreavailable istruncated truncated
    incomplete isincomplete partial ispartial haspartial remaining omitted cutoff"""
)
_LAST = _words("last islast islastpage lastpage complete iscomplete done")
_CURSORS = _words(
    "cursor offset continue continuation continuationtoken lastevaluated lastevaluatedkey"
)
_NEXT = re.compile("(odata)?next")
_HEADERS = _TOTALS | _PAGES | _MORE
_HEADERS |= _words("next nextpage nextcursor nexttoken nextlink nexturl nextoffset")
_LIMITS = _words("limit pagesize perpage maxresults pagelimit")
_NEXT_LINK = re.compile(r';\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)', re.IGNORECASE)
_NO = frozenset({"", "false", "no", "0", "null", "none"})

_Fields = Iterator[tuple[str, Any]]


def sign_of_more(
    content: Any,
    shown: int,
    nouns: tuple[str, ...] = (),
    *,
    parent: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> str | None:
    """Return what shows that the list in a response is incomplete, or None."""
    fields = [*_of_body(content, parent, nouns), *_of_headers(headers or {})]
    signs = [(_plain(name, nouns), name, value) for name, value in fields]
    verdicts = [_says_more(plain, value, shown) for plain, _, value in signs]
    if True in verdicts:
        _, name, value = signs[verdicts.index(True)]
        return _said(name, value)
    if False in verdicts:
        return None
    for plain, name, value in signs:  # if the page is full, there may be another one
        limit = _number(value) if plain in _LIMITS else None
        if limit is not None and 0 < limit <= shown:
            return _said(name, value)
    return "status is 206" if status == 206 else None


def _says_more(plain: str, value: Any, shown: int) -> bool | None:
    """Return True if a field says that there are more rows, False if it denies that."""
    number = _number(value)
    if number is not None:
        if plain in _TOTALS:
            return number > shown
        if plain in _PAGES:
            return number > 1
        if plain in _FIRST:
            return number > _FIRST[plain] or None
    elif plain in _CURSORS:
        return (isinstance(value, (str, dict)) and _is_set(value)) or None
    if plain in _LAST:
        return value is False or (isinstance(value, str) and value.strip().lower() == "false")
    if plain in _MORE or _NEXT.match(plain):
        return _is_set(value)
    return None


def _of_body(content: Any, parent: str, nouns: tuple[str, ...] = (), depth: int = 0) -> _Fields:
    if not isinstance(content, dict) or depth > 3:
        return
    for name, value in content.items():
        plain = _plain(name)
        yield name, value
        if plain == "links" and isinstance(value, list):
            rels = [str(each.get("rel")).lower() for each in value if isinstance(each, dict)]
            yield "next link", "next" in rels
        elif plain in _COUNTS:  # counts of several lists, by name
            counts = value.items() if isinstance(value, dict) else ()
            yield from ((f"total {each}", n) for each, n in counts if not _plain(each, nouns))
        elif name == parent or {plain, _plain(name, nouns)} & _WRAPPERS:
            yield from _of_body(value, parent, nouns, depth + 1)


def _of_headers(headers: Mapping[str, str]) -> _Fields:
    for header, value in headers.items():
        name = re.sub("^(x-)?(pagination-)?(page-)?", "", header)
        if (name != header or name.startswith("total")) and _plain(name) in _HEADERS:
            yield name, value
    if _NEXT_LINK.search(headers.get("link", "")):
        yield "next link", True
    total = re.search(r"/\s*(\d{1,18}|\*)\s*$", headers.get("content-range", ""))
    if total:
        yield ("more", True) if total[1] == "*" else ("total", total[1])
    try:
        yield from _of_body(from_json(headers.get("x-pagination", "")), "")
    except ValueError:
        return


def _plain(name: str, nouns: tuple[str, ...] = ()) -> str:
    plain = re.sub("[^a-z0-9]", "", name.lower())
    if nouns:
        plain = re.sub(f"({'|'.join(nouns)})s?", "", plain)
    return plain if plain in _WRAPPERS else _ROWS.sub("", plain)


def _number(value: Any) -> float | int | None:
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,18}(\.0*)?\s*", value, re.ASCII):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return None
    return value


def _is_set(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in _NO
    return bool(value) and value != -1


def _said(name: str, value: Any) -> str:
    number = _number(value)
    known = isinstance(value, bool) or (number is not None and abs(number) < 2**53)
    return f"{one_line(name)[:40]} is {str(value).lower()[:20] if known else 'set'}"
