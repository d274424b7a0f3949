"""Removes secrets from texts and makes texts safe to print; all foreign texts pass through here.

Our own texts never contain a secret. Texts from elsewhere (a message of the backend, an exception
of a library) may contain one.

A secret is searched for twice: first literally, in its most common spellings, which are replaced
completely; then in the decoded text: escapes are decoded until none is left, and at each step
letters are compared without case, accents and invisible characters between them.
"""

import base64
import html.entities
import json
import re
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote, quote_plus

PLACEHOLDER = "[secret]"
WITHHELD = "[withheld: the text repeats a secret]"
MAX_TEXT_LENGTH = 300  # maximum number of characters to show of a foreign text

_SHORTEST_REPLACED = 4  # replacing a shorter secret would reveal it by what is missing
_SHORTEST_ENCODED = 6  # shorter pieces of base64 also occur in words
_SHORTEST_LINE = 8  # lines of a longer secret (such as a PEM file) from this length are secrets
_SHORTEST_HEAD = 12  # so is the first half of a secret, because backends truncate texts
_MOST_ROUNDS = 8  # a text that is encoded more often is withheld, as no real message is
_LONGEST_TRACED = 200_000  # a longer text is withheld instead of searched

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")

_H, _U, _X = "[0-9A-Fa-f]", r"(?:\\u|%u)", r"(?:%|\\x)"
_NEXT = f"{_X}[89ABab]{_H}"
_ESCAPE = re.compile(
    rf"""(?P<units>{_U}[Dd][89ABab]{_H}{{2}}{_U}[Dd][C-Fc-f]{_H}{{2}}|{_U}{_H}{{4}})
    |(?P<octets>{_X}[CDcd]{_H}{_NEXT}|{_X}[Ee]{_H}(?:{_NEXT}){{2}}
        |{_X}[Ff][0-7](?:{_NEXT}){{3}}|{_X}{_H}{{2}})
    |(?P<octal>(?:\\[0-3][0-7]{{2}})+)
    |\\U(?P<eight>{_H}{{8}})|\\[ux]{{(?P<braced>{_H}{{1,8}})}}
    |&\#[Xx]0*(?P<hex>{_H}{{1,8}})(?!{_H});?|&\#0*(?P<decimal>[0-9]{{1,8}})(?![0-9]);?
    |&(?P<entity>[A-Za-z][A-Za-z0-9]{{1,31}};|(?:amp|lt|gt|quot|shy))
    |\\(?P<letter>.)""",
    re.DOTALL | re.VERBOSE,
)
"""An escaped character of JSON, URLs, HTML and the literals of programming languages."""
_CONTROL_LETTERS = dict(zip("nrtbfv0ae", "\n\r\t\b\f\v\0\a\x1b", strict=True))

# invisible characters whose category is letter, mark or symbol (Unicode's property
# Default_Ignorable_Code_Point, which Python does not have; the last one is a blank Braille cell)
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0\u2800"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]))
)
# forms write a space as `+`; quotes are doubled or escaped in quoted texts
_NOT_COMPARED = _INVISIBLE | frozenset("'\"`\\+")

_at_hand = threading.local()


@contextmanager
def secrets_at_hand(secrets: Iterable[str]) -> Iterator[None]:
    """Keep these secrets out of all foreign texts that this thread shows inside the context."""
    _at_hand.secrets = tuple(secrets)
    try:
        yield
    finally:
        _at_hand.secrets = ()


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a foreign text as one short printable line that contains none of the secrets."""
    known = {*secrets, *getattr(_at_hand, "secrets", ())} - {""}
    # a second time, because a removed part may have interrupted a secret
    clean = redact(printable(redact(text, known)), known)
    return clean if len(clean) <= MAX_TEXT_LENGTH else clean[: MAX_TEXT_LENGTH - 1] + "…"


def printable(text: str) -> str:
    """Return a text as one line without terminal escapes and invisible characters."""
    return " ".join(_ESCAPE_SEQUENCE.sub("", text).translate(_PRINTED).split())


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with all secrets replaced; withheld if one is too short to be replaced."""
    known = set(secrets) - {""}
    if not known:
        return text
    layers = _layers(text)
    if layers is None:
        return WITHHELD
    forms = {form for secret in known for form in _forms(secret)}
    short = {form for form in forms if len(form) < _SHORTEST_REPLACED}
    if any(form in layer for form in short for layer in layers):
        return WITHHELD
    found = [span for form in forms - short for span in _occurrences(form, form, text)]
    needles = {needle for secret in known for needle in _needles(secret)}
    compared = [layer.translate(_COMPARED) for layer in layers]
    if any(needle.head in layer for layer in compared for needle in needles):
        if len(text) > _LONGEST_TRACED:
            return WITHHELD
        found += _encoded(text, needles)
    return _replaced(text, found)


def _forms(secret: str) -> set[str]:
    """Return the most common spellings of a secret, in full."""
    raw = secret.encode("utf-8", "surrogatepass")
    in_base64 = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
    forms = {secret, quote(raw, safe=""), quote(raw), quote_plus(raw)}
    forms |= {in_base64[0], *(form.rstrip("=") for form in in_base64)}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {repr(secret)[1:-1], *_lines(secret)}
    return forms - {""}


def _lines(secret: str) -> list[str]:
    return [line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE]


class _Needle(NamedTuple):  # what is searched for if only letters are compared
    text: str
    head: str  # the beginning that is enough for a match
    before: str  # the characters before it that are not compared, and belong to it
    after: str


def _needles(secret: str) -> Iterator[_Needle]:
    """Return a secret and its encodings reduced to the letters that are compared."""
    raw = secret.encode("utf-8", "surrogatepass")
    lines = _lines(secret)
    # an apparent escape in the secret itself is decoded in the text as well
    spelled = {secret, (_layers(secret) or [secret])[-1], *lines}
    # the result if a program decodes its bytes with another character set
    spelled |= {raw.decode(alphabet, "replace") for alphabet in ("latin-1", "cp1252")}
    spelled.add(secret.encode("ascii", "replace").decode())
    hexadecimal = [f"{byte:02x}" for byte in raw]
    encoded = {separator.join(hexadecimal) for separator in (":", "-", "0x", ",0x")}
    encoded |= {"".join(map(str, raw)), ",".join(map(str, raw)), ",".join(map(hex, raw))}
    for each in _encoded_forms(secret, lines):
        encoded |= {each.hex(), *_base64_at_each_offset(each)}
    for texts, shortest in ((spelled, _SHORTEST_REPLACED), (encoded, _SHORTEST_ENCODED)):
        for text in texts:
            compared = text.translate(_COMPARED)
            if len(compared) >= shortest:
                head = compared[: max(_SHORTEST_HEAD, -(-len(compared) // 2))]
                yield _Needle(compared, head, _edge(text), _edge(text[::-1])[::-1])


def _encoded_forms(secret: str, lines: Iterable[str]) -> set[bytes]:
    """Return the bytes that a program encodes if it encodes a secret or a document with it."""
    in_json = json.dumps(secret)[1:-1]
    texts = {secret, json.dumps(secret, ensure_ascii=False)[1:-1], in_json, *lines}
    texts |= {in_json.replace("/", "\\/"), in_json.replace("&", "\\u0026")}
    forms = {text.encode("utf-8", "surrogatepass") for text in texts}
    return forms | {secret.encode("utf-16-le", "surrogatepass")}


def _base64_at_each_offset(raw: bytes) -> Iterator[str]:
    """Return the base64 letters of some bytes, independent of the bytes before and after them."""
    for before in range(3):
        certain = slice(-(-8 * before // 6), 8 * (before + len(raw)) // 6)
        yield base64.b64encode(bytes(before) + raw).decode()[certain]
        yield base64.urlsafe_b64encode(bytes(before) + raw).decode()[certain]


def _edge(text: str) -> str:  # the characters at the beginning that are not compared
    return "".join(takewhile(lambda letter: not _COMPARED[ord(letter)], text))


def _layers(text: str) -> list[str] | None:
    """Return a text and the result of each round of decoding; None if there are too many."""
    layers = [text]
    for _ in range(_MOST_ROUNDS):
        decoded = _encoding(layers[-1]).sub(_unescaped, layers[-1])
        if decoded == layers[-1]:
            return layers
        layers.append(decoded)
    return None


def _encoding(text: str) -> re.Pattern[str]:
    """Return the escapes that the next round decodes: colors first, as they can be anywhere."""
    return _ESCAPE_SEQUENCE if "\x1b" in text else _ESCAPE


def _unescaped(escape: re.Match[str]) -> str:
    kind, text = escape.lastgroup, escape[escape.lastgroup or 0]
    if kind is None:  # a color or similar
        return ""
    if kind == "letter":
        return _CONTROL_LETTERS.get(text, text)
    if kind == "entity":
        return html.entities.html5.get(text, escape[0])
    if kind == "units":
        return bytes.fromhex(re.sub(_U, "", text)).decode("utf-16-be", "surrogatepass")
    if kind in ("octets", "octal"):
        octal = bytes(int(byte, 8) for byte in text.split("\\")[1:]) if kind == "octal" else None
        raw = bytes.fromhex(re.sub(_X, "", text)) if octal is None else octal
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    code = int(text, 10 if kind == "decimal" else 16)
    return chr(code) if code <= sys.maxunicode else escape[0]


def _encoded(text: str, needles: Iterable[_Needle]) -> Iterator[tuple[int, int]]:
    """Return the places of a text that decode to one of the needles. Slow."""
    # the decoded text, and the place in the original for each of its characters
    layer, spans = text, [(n, n + 1) for n in range(len(text))]
    while True:
        for first, after in _found(layer, needles):
            yield spans[first][0], spans[after - 1][1]
        decoded: list[str] = []
        origins: list[tuple[int, int]] = []
        done = 0
        for escape in _encoding(layer).finditer(layer):
            first, after = escape.span()
            letters = _unescaped(escape)
            decoded += [layer[done:first], letters]
            origins += spans[done:first] + [(spans[first][0], spans[after - 1][1])] * len(letters)
            done = after
        deeper = "".join([*decoded, layer[done:]])
        if deeper == layer:
            return
        layer, spans = deeper, origins + spans[done:]


def _found(text: str, needles: Iterable[_Needle]) -> Iterator[tuple[int, int]]:
    """Return the places of a text that equal a needle if only letters are compared."""
    origin = [n for n, letter in enumerate(text) for _ in _COMPARED[ord(letter)]]
    compared = text.translate(_COMPARED)
    for needle in needles:
        for begin, end in _occurrences(needle.head, needle.text, compared):
            first, after = origin[begin], origin[end - 1] + 1
            if text.endswith(needle.before, 0, first):
                first -= len(needle.before)
            if text.startswith(needle.after, after):
                after += len(needle.after)
            yield first, after


def _occurrences(head: str, whole: str, text: str) -> Iterator[tuple[int, int]]:
    """Return where a text contains a head, each extended by the matching part of the rest."""
    first = text.find(head)
    while first >= 0:
        after = first + len(head)
        rest = whole[len(head) :]
        pairs = zip(rest, text[after : after + len(rest)], strict=False)
        after += sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        yield first, after
        first = text.find(head, after)


def _replaced(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for first, after in sorted(spans):
        if not pieces or first >= done:  # otherwise it overlaps the one before
            pieces += [text[done:first], PLACEHOLDER]
        done = max(done, after)
    return "".join([*pieces, text[done:]])


def _printed(letter: str) -> str:
    category = unicodedata.category(letter)
    hidden = category[0] == "C" or category in ("Zl", "Zp") or letter in _INVISIBLE
    return " " if hidden else letter


def _compared(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    kept = (each for each in plain if each not in _NOT_COMPARED)
    return "".join(each for each in kept if unicodedata.category(each)[0] not in "CMZ")


class _Table(dict[int, str]):
    """A table for ``str.translate`` that is filled on demand."""

    def __init__(self, entry: Callable[[str], str]) -> None:
        self._entry = entry

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, self._entry(chr(code)))


_PRINTED, _COMPARED = _Table(_printed), _Table(_compared)
