"""Which rows of a database are somebody's: those that name them, and those that belong to such a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from journal_core.mapping import Mapped
from tests.build.kept import Row

PLAIN = {
    ("hold", "draft_id"): "draft",
    ("draft", "booking_id"): "booking",
    ("booking_pass", "booking_id"): "booking",
    ("outgoing_message", "booking_id"): "booking",
    ("access_log", "person_id"): "person",
    ("access_log", "booking_id"): "booking",
    ("access_log", "clinic_id"): "clinic",
    ("access_log", "assignment_id"): "assignment",
}
"""Columns that name a row of another table without a foreign key."""
BROWSERS = ("owner", "reference")
"""Columns that say whose browser it is."""
BACK = (("visit", "booking_id"),)
"""What such a column names belongs to whom the row belongs to: a booking is of those who come."""


@dataclass
class Belongings:
    """Somebody's rows, by table and id."""

    columns: Mapping[str, list[str]]
    roots: Mapping[str, Set[object]]
    """Ids by table."""
    browsers: Set[object] = frozenset()
    ids: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for table, ids in self.roots.items():
            self.ids[table] |= ids
        foreign = {
            (table.name, column.name): key.column.table.name
            for table in Mapped.metadata.tables.values()
            for column in table.columns
            for key in column.foreign_keys
        }
        self._names = {**foreign, **PLAIN}

    def find_in(self, rows: Iterable[Row]) -> None:
        """Until nothing more is found."""
        known = list(rows)
        before = -1
        while before != (before := sum(map(len, self.ids.values()))):
            for row in known:
                if row in self:
                    self._take(row)

    def _take(self, row: Row) -> None:
        table, values = row
        named = dict(zip(self.columns[table], values, strict=True))
        if "id" in named:
            self.ids[table].add(named["id"])
        for owner, column in BACK:
            if owner == table:
                self.ids[self._names[table, column]].add(named[column])

    def __contains__(self, row: object) -> bool:
        assert isinstance(row, tuple)
        table, values = row
        return any(self._is_named(table, column, value) for column, value in zip(self.columns[table], values, strict=True))

    def _is_named(self, table: str, column: str, value: object) -> bool:
        if column == "id":
            return value in self.ids[table]
        if column in BROWSERS:
            return value in self.browsers
        return value in self.ids[self._names.get((table, column), "")]
