"""Transactions on both engines, safely.

PostgreSQL: its own defaults, which is read committed. SQLite: WAL where it is safe, plain `BEGIN` for readers. A writer there
reads what is committed until it first locks or writes; only then it waits for its turn: the file lock, then `BEGIN IMMEDIATE`.
So both engines promise the same: what was read before a lock may have changed, what is read after it stands. Errors never show
parameters: they would put personal data into logs. Reasons and measurements stand in docs/decisions/0002-two-engines.md.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

BUSY_SECONDS = 20
WAL_FAULT_FIRST, WAL_FAULT_LAST = (3, 7, 0), (3, 51, 2)
_WRITER = "vaccinporten_writer"
_LOCKING = "/* FOR UPDATE */"


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

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads; whatever it changed is forgotten at the end."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone when it raises."""
        with self._writer() as session, session.get_transaction() or session.begin():
            yield session

    @contextmanager
    def rehearsing(self) -> Iterator[Session]:
        """A transaction like `writing`, undone at its end: what would come of it can be said before it is done."""
        with self._writer() as session:
            yield session

    @contextmanager
    def _writer(self) -> Iterator[Session]:
        """Whatever is not committed is undone at the end."""
        with ExitStack() as at_the_end, Session(self.engine, expire_on_commit=False) as session:
            if self.path:
                # Told to the connection: an engine of its own would cost each statement more than this does.
                session.connection(execution_options={_WRITER: Turn(self.path, at_the_end)})
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def _postgres_engine(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=5, pool_pre_ping=True, hide_parameters=True)


def _sqlite_engine(path: Path | None, wal: bool) -> Engine:
    if path is None:
        raise ValueError("an SQLite database needs a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    engine.dialect.statement_compiler = _MarksLocking
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
        if _turn_of(connection) is None:
            connection.exec_driver_sql("BEGIN")

    # With `retval` it is called directly, which counts: every statement comes by here.
    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def wait_before_locking(
        connection: Connection, _cursor: object, statement: str, parameters: Any, *_others: object
    ) -> tuple[str, Any]:
        turn = _turn_of(connection)
        if turn is not None and not turn.taken and (not statement.startswith("SELECT") or statement.endswith(_LOCKING)):
            turn.take(connection)
        return statement, parameters

    return engine


class _MarksLocking(SQLiteCompiler):
    """Writes down that a statement asks for a lock. SQLite itself has none to give."""

    def for_update_clause(self, select: Any, **kw: Any) -> str:
        return f" {_LOCKING}"


# --- whose turn it is to write, on SQLite ---------------------------------------------------------------------------------


class Turn:
    """A writer's turn. Writers queue on a file lock, which is fair and quick, instead of on SQLite's own polling."""

    def __init__(self, path: Path, at_the_end: ExitStack) -> None:
        self._path, self._at_the_end = path, at_the_end
        self.taken = False

    def take(self, connection: Connection) -> None:
        """Waits for it; it ends with the transaction."""
        if self.taken:
            return
        self.taken = True
        self.wait()
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def wait(self) -> None:
        handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._at_the_end.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)


def _turn_of(connection: Connection) -> Turn | None:
    turn: Turn | None = connection.get_execution_options().get(_WRITER)
    return turn


def wait_for_turn(session: Session) -> None:
    """On SQLite from now on nobody else writes until the transaction ends; nothing on PostgreSQL, which locks rows."""
    turn = _turn_of(session.connection())
    if turn is not None:
        turn.take(session.connection())
