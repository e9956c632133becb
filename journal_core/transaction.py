"""Transactions on both engines, safely.

SQLite: WAL where it is safe, `BEGIN IMMEDIATE` behind a file lock for writers, plain `BEGIN` for readers. PostgreSQL: its own
defaults. Errors never show parameters: they would put personal data into logs. The reasons and the measurements stand in
docs/decisions/0002-two-engines.md.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

BUSY_SECONDS = 20
WAL_FAULT_FIRST, WAL_FAULT_LAST = (3, 7, 0), (3, 51, 2)
_WRITER = "vaccinporten_writer"


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """False for the SQLite versions whose WAL reset can corrupt a database with several writing connections."""
    return not WAL_FAULT_FIRST <= version <= WAL_FAULT_LAST


class Database:
    """One database, opened. `reading()` and `writing()` each are one transaction."""

    def __init__(self, url: str, *, wal: bool = True, pool_size: int = 10) -> None:
        """`wal=False` takes SQLite's rollback journal. `pool_size` is connections per process."""
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.path = Path(parsed.database) if self.sqlite and parsed.database else None
        self.engine = _sqlite_engine(self.path, wal) if self.sqlite else _postgres_engine(url, pool_size)
        self._writer = self.engine.execution_options(**{_WRITER: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads; whatever it changed is forgotten at the end."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone when it raises."""
        with (
            self._one_writer(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def rehearsing(self) -> Iterator[Session]:
        """A transaction like `writing`, undone at its end: what would come of it can be said before it is done."""
        with self._one_writer(), Session(self._writer, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        """SQLite: writers queue on a file lock, which is fair and quick, instead of on SQLite's own polling."""
        if self.path is None:
            yield
            return
        handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def dispose(self) -> None:
        self.engine.dispose()


def _postgres_engine(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=5, pool_pre_ping=True, hide_parameters=True)


def _sqlite_engine(path: Path | None, wal: bool) -> Engine:
    if path is None:
        raise ValueError("an SQLite database needs a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    journal = "WAL" if wal else "DELETE"

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        # Its own knows no letters but ASCII's, which PostgreSQL's does.
        connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writer = connection.get_execution_options().get(_WRITER, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine
