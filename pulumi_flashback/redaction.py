"""The one place that decides how a secret is kept out of a text, and what may be printed.

Texts of our own never contain a secret. What comes from elsewhere (a message of the backend, an
exception of a library) may, and passes through here before anybody sees it.

A secret is searched twice. First literally, in the spellings that occur most: these are replaced to
the last character. Then in what the text means: escapes are decoded until none is left, and at each
step letters are compared without their case, accents, and whatever is invisible between them.
"""

from __future__ import annotations

import base64
import html.entities
import json
import re
import sys
import threading
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote, quote_plus

PLACEHOLDER = "[secret]"
WITHHELD = "[withheld: the text repeats a secret]"
MAX_TEXT_LENGTH = 300
"""Characters of a foreign text that are shown."""

_SHORTEST_REPLACED = 4
"""Replacing one, two or three characters would show the secret by what is missing."""

_SHORTEST_ENCODED = 6
"""Shorter pieces of base64 occur in words."""

_SHORTEST_LINE = 8
"""A line of a longer secret (a PEM file, say) counts as a secret from this length on."""

_SHORTEST_HEAD = 12
"""The first half of a secret counts as the secret from this length on: backends cut texts."""

_MOST_ROUNDS = 8
"""A text that is encoded more often than this is withheld: it is no message for people."""

_LONGEST_TRACED = 200_000
"""In a longer text the places of a secret are not searched: it is withheld."""

_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")

_H = "[0-9A-Fa-f]"
_U = r"(?:\\u|%u)"
_X = r"(?:%|\\x)"
_NEXT = f"{_X}[89ABab]{_H}"
_ESCAPE = re.compile(
    "|".join(
        [
            rf"(?P<units>{_U}[Dd][89ABab]{_H}{{2}}{_U}[Dd][C-Fc-f]{_H}{{2}}|{_U}{_H}{{4}})",
            rf"(?P<octets>{_X}[CDcd]{_H}{_NEXT}|{_X}[Ee]{_H}(?:{_NEXT}){{2}}"
            rf"|{_X}[Ff][0-7](?:{_NEXT}){{3}}|{_X}{_H}{{2}})",
            r"(?P<octal>(?:\\[0-3][0-7]{2})+)",
            rf"\\U(?P<eight>{_H}{{8}})|\\[ux]{{(?P<braced>{_H}{{1,8}})}}",
            rf"&\#[Xx]0*(?P<hex>{_H}{{1,8}})(?!{_H});?|&\#0*(?P<decimal>[0-9]{{1,8}})(?![0-9]);?",
            r"&(?P<entity>[A-Za-z][A-Za-z0-9]{1,31};|(?:amp|lt|gt|quot|shy))",
            r"\\(?P<letter>.)",
        ]
    ),
    re.DOTALL,
)
"""A character as JSON, URLs, HTML and the literals of programming languages write it."""

_CONTROL_LETTERS = dict(zip("nrtbfv0ae", "\n\r\t\b\f\v\0\a\x1b", strict=True))

# letters, marks and a symbol by their category, and nothing by their look (Unicode's property
# Default_Ignorable_Code_Point, which Python does not have; the last one is a blank Braille cell)
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0\u2800"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]))
)
# `+` is how forms write a space; quotes are doubled or escaped wherever a text is quoted
_NOT_COMPARED = frozenset("'\"`\\+")

_at_hand = threading.local()


@contextmanager
def secrets_at_hand(secrets: Iterable[str]) -> Iterator[None]:
    """Keep these secrets out of every foreign text that this thread shows meanwhile.

    Args:
        secrets: Those of the operation at hand, also where no request carries them.
    """
    _at_hand.secrets = tuple(secrets)
    try:
        yield
    finally:
        _at_hand.secrets = ()


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a foreign text as one short printable line that contains none of the secrets.

    Args:
        text: A text that somebody else wrote.
        secrets: Values that must not appear, in clear or encoded.
    """
    known = {*secrets, *getattr(_at_hand, "secrets", ())} - {""}
    # once more: what was removed may have stood in the middle of a secret
    clean = redact(printable(redact(text, known)), known)
    return clean if len(clean) <= MAX_TEXT_LENGTH else clean[: MAX_TEXT_LENGTH - 1] + "…"


def printable(text: str) -> str:
    """Return a text as one line without anything that a terminal obeys or that nobody sees."""
    return " ".join(_ESCAPE_SEQUENCE.sub("", text).translate(_PRINTED).split())


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with each secret replaced, however it is encoded.

    A text that contains a secret too short to be replaced is withheld whole.

    Args:
        text: Any text.
        secrets: Values that must not appear.
    """
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
    """Return the spellings of a secret that occur most, to the last character."""
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = base64.b64encode(raw).decode()
    forms = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }
    forms.update(line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE)
    return forms - {""}


class _Needle(NamedTuple):
    """What is searched in a text of which only letters are compared.

    Attributes:
        text: It.
        head: As much of it as counts as the whole.
        before: The characters before it that are not compared, and belong to it.
        after: Those after it.
    """

    text: str
    head: str
    before: str
    after: str


def _needles(secret: str) -> Iterator[_Needle]:
    """Return what is left of a secret and its encodings where only letters are compared."""
    lines = [line for line in secret.splitlines() if len(line) >= _SHORTEST_LINE]
    # what looks like an escape in the secret itself is decoded in the text as well
    spelled = {secret, (_layers(secret) or [secret])[-1], *lines, *_misread(secret)}
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = set(_listed(raw))
    for each in _encoded_forms(secret, lines):
        encoded |= {each.hex(), *_base64_at_each_offset(each)}
    for texts, shortest in ((spelled, _SHORTEST_REPLACED), (encoded, _SHORTEST_ENCODED)):
        for text in texts:
            compared = text.translate(_COMPARED)
            if len(compared) >= shortest:
                head = compared[: max(_SHORTEST_HEAD, -(-len(compared) // 2))]
                yield _Needle(compared, head, _edge(text), _edge(text[::-1])[::-1])


def _misread(secret: str) -> Iterator[str]:
    """Return what becomes of a secret where a program takes its bytes for another alphabet."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret.encode("ascii", "replace").decode()
    for alphabet in ("latin-1", "cp1252"):
        yield raw.decode(alphabet, "replace")


def _encoded_forms(secret: str, lines: Iterable[str]) -> set[bytes]:
    """Return what a program encodes that encodes a secret, or a document with it."""
    in_json = json.dumps(secret)[1:-1]
    texts = {secret, json.dumps(secret, ensure_ascii=False)[1:-1], in_json, *lines}
    texts |= {in_json.replace("/", "\\/"), in_json.replace("&", "\\u0026")}
    forms = {text.encode("utf-8", "surrogatepass") for text in texts}
    return forms | {secret.encode("utf-16-le", "surrogatepass")}


def _listed(raw: bytes) -> Iterator[str]:
    """Return bytes as lists of numbers."""
    hexadecimal = [f"{byte:02x}" for byte in raw]
    for separator in (":", "-", "0x", ",0x"):
        yield separator.join(hexadecimal)
    for separator in ("", ","):
        yield separator.join(map(str, raw))
    yield ",".join(map(hex, raw))


def _edge(text: str) -> str:
    """Return the beginning of a text that is not compared."""
    return "".join(takewhile(lambda letter: not _COMPARED[ord(letter)], text))


def _base64_at_each_offset(raw: bytes) -> Iterator[str]:
    """Return the letters that base64 has for some bytes, whatever stands before and after them."""
    for before in range(3):
        bits = 8 * (before + len(raw))
        certain = slice(-(-8 * before // 6), bits // 6)
        padded = bytes(before) + raw
        yield base64.b64encode(padded).decode()[certain]
        yield base64.urlsafe_b64encode(padded).decode()[certain]


def _layers(text: str) -> list[str] | None:
    """Return a text, and what it is after each round of decoding; None if there is no end of it."""
    layers = [text]
    for _ in range(_MOST_ROUNDS):
        decoded = _encoding(layers[-1]).sub(_unescaped, layers[-1])
        if decoded == layers[-1]:
            return layers
        layers.append(decoded)
    return None


def _encoding(text: str) -> re.Pattern[str]:
    """Return what the next round decodes: colours first, as they stand anywhere."""
    return _ESCAPE_SEQUENCE if "\x1b" in text else _ESCAPE


def _unescaped(escape: re.Match[str]) -> str:
    kind, text = escape.lastgroup, escape[escape.lastgroup or 0]
    if kind is None:  # a colour or the like
        return ""
    if kind == "letter":
        return _CONTROL_LETTERS.get(text, text)
    if kind == "entity":
        return html.entities.html5.get(text, escape[0])
    if kind == "units":
        return bytes.fromhex(re.sub(_U, "", text)).decode("utf-16-be", "surrogatepass")
    if kind == "octets":
        return _text_of(bytes.fromhex(re.sub(_X, "", text)))
    if kind == "octal":
        return _text_of(bytes(int(byte, 8) for byte in text.split("\\")[1:]))
    code = int(text, 10 if kind == "decimal" else 16)
    return chr(code) if code <= sys.maxunicode else escape[0]


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _Traced:
    """A text that was made of another one, and for each character where it comes from.

    Only for texts that contain a secret: it is slow.

    Args:
        text: The text.
        starts: Where the part of the original begins that a character stands for.
        ends: Where that ends.
    """

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends

    def decoded(self) -> _Traced:
        """Return the text after one round of decoding."""
        text: list[str] = []
        starts, ends = array("q"), array("q")
        done = 0
        for escape in _encoding(self.text).finditer(self.text):
            first, after = escape.span()
            letters = _unescaped(escape)
            text += [self.text[done:first], letters]
            starts.extend(self.starts[done:first])
            starts.extend([self.starts[first]] * len(letters))
            ends.extend(self.ends[done:first])
            ends.extend([self.ends[after - 1]] * len(letters))
            done = after
        starts.extend(self.starts[done:])
        ends.extend(self.ends[done:])
        return _Traced("".join([*text, self.text[done:]]), starts, ends)

    def find(self, needles: Iterable[_Needle]) -> Iterator[tuple[int, int]]:
        """Return the places of the original that mean something that is searched."""
        origin = [n for n, letter in enumerate(self.text) for _ in _COMPARED[ord(letter)]]
        compared = self.text.translate(_COMPARED)
        for needle in needles:
            for begin, end in _occurrences(needle.head, needle.text, compared):
                first, after = origin[begin], origin[end - 1] + 1
                if self.text.endswith(needle.before, 0, first):
                    first -= len(needle.before)
                if self.text.startswith(needle.after, after):
                    after += len(needle.after)
                yield self.starts[first], self.ends[after - 1]


def _encoded(text: str, needles: Iterable[_Needle]) -> Iterator[tuple[int, int]]:
    """Return the places of a text that mean something that is searched."""
    layer = _Traced(text, range(len(text)), range(1, len(text) + 1))
    while True:
        yield from layer.find(needles)
        deeper = layer.decoded()
        if deeper.text == layer.text:
            return
        layer = deeper


def _occurrences(head: str, whole: str, text: str) -> Iterator[tuple[int, int]]:
    """Return where a text has the head of something, with as much of the rest as is there."""
    first = text.find(head)
    while first >= 0:
        after = first + len(head)
        rest = whole[len(head) :]
        after += _length_in_common(rest, text[after : after + len(rest)])
        yield first, after
        first = text.find(head, after)


def _length_in_common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    if other.startswith(one):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _replaced(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for first, after in sorted(spans):
        if pieces and first < done:  # it overlaps the one before
            done = max(done, after)
            continue
        pieces += [text[done:first], PLACEHOLDER]
        done = after
    return "".join([*pieces, text[done:]])


class _Printed(dict[int, str]):
    """What is printed of a character: a space for all that is invisible or acts up."""

    def __missing__(self, code: int) -> str:
        self[code] = " " if _is_invisible(chr(code)) else chr(code)
        return self[code]


class _Compared(dict[int, str]):
    """What of a character is compared: its letters without case, accents and invisible ones."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        self[code] = "".join(filter(_is_compared, unicodedata.normalize("NFKD", plain)))
        return self[code]


_PRINTED = _Printed()
_COMPARED = _Compared()


def _is_invisible(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category.startswith("C") or category in ("Zl", "Zp") or letter in _INVISIBLE


def _is_compared(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] not in "CMZ" and letter not in _NOT_COMPARED and letter not in _INVISIBLE
