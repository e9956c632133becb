"""An SQLite database that is put back to what it was as often as a test wishes, and whose every row is compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Set
from contextlib import contextmanager

from sqlalchemy import event

from journal_core.transaction import Database

Row = tuple[str, tuple[object, ...]]
"""Table, and all of the row's values in the order of its columns."""
Copy = sqlite3.Connection
"""A whole database in memory, as it was at a moment."""
NOT_DATA = ("alembic_version", "sqlite_sequence")


class Kept:
    """For tests in one thread: nobody else has the file open when it is copied or put back."""

    def __init__(self, database: Database, raw: sqlite3.Connection) -> None:
        self._database, self._raw = database, raw
        wanted = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        self.tables = [name for (name,) in raw.execute(wanted) if name not in NOT_DATA]
        self.columns = {name: [row[1] for row in raw.execute(f"PRAGMA table_info({name})")] for name in self.tables}
        self._version = self._data_version()

    def _data_version(self) -> int:
        """Grows when anybody but this connection has written."""
        (version,) = self._raw.execute("PRAGMA data_version").fetchone()
        return int(version)

    def was_written(self) -> bool:
        """Since this was asked last."""
        before, self._version = self._version, self._data_version()
        return self._version != before

    def rows(self) -> Set[Row]:
        return {(name, row) for name in self.tables for row in self._raw.execute(f"SELECT * FROM {name}")}

    def copy(self) -> Copy:
        memory = sqlite3.connect(":memory:")
        self._raw.backup(memory)
        return memory

    def put_back(self, copy: Copy) -> None:
        copy.backup(self._raw)


@contextmanager
def kept(database: Database) -> Iterator[Kept]:
    assert database.path is not None
    event.listen(database.engine, "connect", _hasty)
    database.dispose()
    raw = sqlite3.connect(database.path, isolation_level=None)
    raw.execute("PRAGMA synchronous = OFF")
    try:
        yield Kept(database, raw)
    finally:
        raw.close()


def _hasty(connection: sqlite3.Connection, _record: object) -> None:
    """Nobody waits for the disk: what a crash would lose, no test misses."""
    connection.execute("PRAGMA synchronous = OFF")
