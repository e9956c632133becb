"""Backups of SQLite: a copy through SQLite's own backup, which is one moment's state whatever is written meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.commands.archive.files import check_kind, check_new, whole
from config.commands.failure import CommandFailed

BUSY_SECONDS = 20
BESIDE = ("-wal", "-journal")
"""What SQLite lays beside a database; without their database they would be played into the next of that name."""


@dataclass(frozen=True)
class SqliteArchive:
    database: Path

    def write(self, file: Path) -> None:
        check_new(file)
        if not self.database.exists():
            raise CommandFailed(f"there is no database at {self.database}")
        with _told(f"{self.database} can't be copied"), whole(file) as draft:
            _copy(self.database, draft)
            _check(draft)

    def revision_in(self, file: Path) -> str | None:
        check_kind(file, "SQLite")
        with _told(f"{file} is broken"):
            _check(file)
            return _revision(file)

    def check_target(self) -> None:
        for leftover in (self.database.with_name(self.database.name + ending) for ending in BESIDE):
            if leftover.exists() and leftover.stat().st_size and _holds_nothing(self.database):
                raise CommandFailed(f"{leftover} is left from another database; move it away first")
        if not _holds_nothing(self.database) and _tables(self.database):
            raise CommandFailed(f"{self.database} is not empty; move it away first")

    def read(self, file: Path) -> None:
        self.database.parent.mkdir(parents=True, exist_ok=True)
        with _told(f"{file} can't be restored"), whole(self.database) as draft:
            _copy(file, draft)
            _check(draft)


@contextmanager
def _told(beginning: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise CommandFailed(f"{beginning}: SQLite says: {error}") from None


def _holds_nothing(file: Path) -> bool:
    return not file.exists() or not file.stat().st_size


def _tables(file: Path) -> int:
    with _told(f"{file} is no SQLite database"), closing(_connect(file, "ro")) as connection:
        count: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return count


def _copy(source: Path, target: Path) -> None:
    """In one step: in several, a busy service would make it begin anew each time."""
    with closing(_connect(source, "rw")) as read, closing(_connect(target, "rw")) as written:
        read.backup(written, pages=-1)
        # A copy of a database that writes ahead says so of itself; kept in one file it must not.
        written.execute("PRAGMA journal_mode=DELETE")


def _check(file: Path) -> None:
    with closing(_connect(file, "ro")) as connection:
        pages, size = (connection.execute(f"PRAGMA page_{what}").fetchone()[0] for what in ("count", "size"))
        if file.stat().st_size != pages * size:
            # SQLite reads what is missing of the last page as zeros and finds no fault in that.
            raise sqlite3.DatabaseError("the file is cut short")
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError("the integrity check fails")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.DatabaseError("rows point to rows that are missing")


def _revision(file: Path) -> str | None:
    with closing(_connect(file, "ro")) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(file.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
