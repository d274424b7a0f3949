"""Base classes of response models and lists, tolerant so that they also read a newer API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    PrivateAttr,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from pulumi_flashback.client.errors import unreadable

LARGEST_NUMBER = 2**53  # all languages and formats involved represent integers exactly up to this


def number_or_none(value: Any) -> int | None:
    fits = isinstance(value, (int, float)) and abs(value) <= LARGEST_NUMBER
    return int(value) if fits and value == int(value) else None


EMPTY_IS_UNSET = BeforeValidator(lambda value: None if value == "" else value)
OptionalText = Annotated[str | None, EMPTY_IS_UNSET]  # absent, null and empty mean not set
Mention = Annotated[
    str | None, BeforeValidator(lambda value: value or None if isinstance(value, str) else None)
]  # informational: anything else is None
Number = Annotated[int | None, BeforeValidator(number_or_none)]  # the same for whole numbers


class Record(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        defer_build=True,  # a run needs only a few of the models
    )


Model = TypeVar("Model", bound=Record)


class Row(Record):
    nouns: ClassVar[tuple[str, ...]] = ()  # words for a row in field names, such as ``totalUsers``
    id_name: ClassVar[str] = "id"  # the attribute that is the id
    _odd: tuple[str, ...] = PrivateAttr(default=())

    @property
    def odd(self) -> tuple[str, ...]:
        return self._odd

    @classmethod
    def read(cls: type[RowType], raw: Any) -> RowType | None:
        """Return a row, or None if its id cannot be read."""
        if not isinstance(raw, dict):  # validation by the model is slow for millions of rows
            return None
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            paths = {detail["loc"] for detail in error.errors(include_input=False)}
        names = {str(path[0]) for path in paths if path}
        if not names:
            return None
        rest = {n: v for n, v in raw.items() if n not in names and to_camel(n) not in names}
        try:
            row = cls.model_validate(rest)
        except ValidationError:
            return None
        row._odd = tuple(sorted(to_camel(name) for name in names))
        return row


RowType = TypeVar("RowType", bound=Row)


class Rows(list[RowType]):
    """The rows of a list that have a readable id.

    Attributes:
        listed_by: The operation that returned them.
        unreadable: Number of further rows without a readable id; each may be any object.
        incomplete: Why the list is known to be incomplete; None if it is complete.
    """

    def __init__(
        self,
        rows: Iterable[RowType] = (),
        listed_by: str = "",
        unreadable: int = 0,
        nouns: tuple[str, ...] = (),
    ) -> None:
        super().__init__(rows)
        self.listed_by, self.unreadable, self.nouns = listed_by, unreadable, nouns
        self.incomplete: str | None = None

    @classmethod
    def read(cls, model: type[RowType], raw: Any, listed_by: str) -> Rows[RowType]:
        """Read a list row by row; raises ValueError if it is not a list."""
        if not isinstance(raw, list):
            raise ValueError("is not a list")  # noqa: TRY004 - pydantic reports this one
        rows = [row for each in raw if (row := model.read(each)) is not None]
        return Rows(rows, listed_by, len(raw) - len(rows), model.nouns)

    def where(self, condition: Callable[[RowType], bool]) -> Rows[RowType]:
        """Return the rows that meet a condition."""
        return Rows(filter(condition, self), self.listed_by, self.unreadable, self.nouns)

    def find(self, identifier: str) -> RowType | None:
        """Return the row with this id, or None if it certainly is not listed.

        Raises:
            InvalidResponseError: The row is invalid, or a row without a readable id may be it.
        """
        row = self._by_id.get(identifier)
        if row is None and self.unreadable:
            raise unreadable(
                self.listed_by,
                f"{self.unreadable} row(s) have no usable id, so it could not be determined "
                f"whether {identifier} is one of them",
            )
        if row is not None and row.odd:
            fields = ", ".join(row.odd)
            raise unreadable(
                self.listed_by, f"the row of {identifier} has values of another type: {fields}"
            )
        return row

    @property
    def remarks(self) -> tuple[str, ...]:
        """The parts of the list that could not be read, one sentence each."""
        odd = [
            f"{self.listed_by}: {', '.join(row.odd)} of {getattr(row, row.id_name)} cannot be read"
            for row in self
            if row.odd
        ]
        if self.unreadable:
            odd.append(f"{self.listed_by}: {self.unreadable} row(s) have no usable id, left out")
        return tuple(odd)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the rows."""
        return frozenset(self._by_id)

    @cached_property
    def _by_id(self) -> dict[str, RowType]:
        return {getattr(row, row.id_name): row for row in self}


def rows_of(model: type[Row], listed_by: str) -> PlainValidator:
    return PlainValidator(lambda raw: Rows.read(model, raw, listed_by))
