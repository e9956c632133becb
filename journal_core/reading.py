"""Statements asked so often that SQLAlchemy's own cost of one counts: compiled once, run by the driver, read as tuples."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.orm import Session

Process = Callable[[Any], Any]


def quick_rows(session: Session, statement: Select[*tuple[Any, ...]], **values: object) -> list[tuple[Any, ...]]:
    """All rows of a statement that is kept in a module, as plain tuples. `values` are those of its bindparams."""
    connection = session.connection()
    text, names, bound, found = _spelled(statement, connection.dialect)
    told = {name: bound[name](value) if name in bound else value for name, value in values.items()}
    parameters = told if names is None else tuple(told[name] for name in names)
    cursor = connection.exec_driver_sql(text, parameters).cursor
    assert cursor is not None
    rows = cursor.fetchall()
    if not any(found):
        return list(rows)
    return [tuple(process(value) if process else value for process, value in zip(found, row, strict=True)) for row in rows]


@lru_cache(maxsize=64)
def _spelled(
    statement: Select[*tuple[Any, ...]], dialect: Dialect
) -> tuple[str, list[str] | None, dict[str, Process], list[Process | None]]:
    """As the driver wants it: text, names by position (None: by name), what prepares each value, what reads each column."""
    compiled = statement.compile(dialect=dialect)
    names = list(compiled.positiontup) if compiled.positiontup is not None else None
    bound: dict[str, Process] = {
        name: process
        for name, parameter in compiled.binds.items()
        if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    found: list[Process | None] = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns
    ]
    return str(compiled), names, bound, found
