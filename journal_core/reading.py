"""Statements asked so often, or about so many rows, that SQLAlchemy's own cost counts: compiled once, run by the driver.

They read and take plain tuples. Statements are kept in modules, with bindparams for what differs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, CompoundSelect, Dialect, Select, String, bindparam, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert, UpdateBase
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Process = Callable[[Any], Any]
Row = tuple[Any, ...]


Giving = Select[*Row] | CompoundSelect[*Row] | ReturningInsert[*Row]
"""Statements that give rows."""


def quick_rows(session: Session, statement: Giving, **values: object) -> list[Row]:
    """All rows of a statement, as plain tuples. `values` are those of its bindparams."""
    connection = session.connection()
    spelled = _spelled(statement, connection.dialect)
    cursor = connection.exec_driver_sql(spelled.text, spelled.parameters(values)).cursor
    assert cursor is not None
    rows = cursor.fetchall()
    if not any(spelled.read) or not rows:
        return list(rows)
    columns = (
        map(read, column) if read else column for read, column in zip(spelled.read, zip(*rows, strict=True), strict=True)
    )
    return list(zip(*columns, strict=True))


def quick_write(session: Session, statement: UpdateBase, rows: Iterable[Mapping[str, object]]) -> None:
    """Runs a statement once for each row, which has the values of its bindparams."""
    connection = session.connection()
    spelled = _spelled(statement, connection.dialect)
    parameters = [spelled.parameters(row) for row in rows]
    if parameters:
        connection.exec_driver_sql(spelled.text, parameters)


class _Spelled:
    """A statement as the driver wants it."""

    def __init__(self, statement: Giving | UpdateBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._by_position = compiled.positiontup is not None
        self._constants = {name: one.value for name, one in compiled.binds.items() if not one.required}
        self._wanted: list[tuple[str, Process | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (compiled.positiontup if compiled.positiontup is not None else compiled.binds)
        ]
        """Each value that the driver is given, with what prepares it for that."""
        self.read: list[Process | None] = []
        """What makes each column's value of what the driver gives; None where that is the same."""
        if isinstance(statement, (Select, CompoundSelect, ReturningInsert)):
            types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
            self.read = [one.result_processor(dialect, None) for one in types]

    def parameters(self, values: Mapping[str, object]) -> Any:
        told = {**self._constants, **values} if self._constants else values
        if self._by_position:
            return tuple(prepare(told[name]) if prepare else told[name] for name, prepare in self._wanted)
        return {name: prepare(told[name]) if prepare else told[name] for name, prepare in self._wanted}


@lru_cache(maxsize=64)
def _spelled(statement: Giving | UpdateBase, dialect: Dialect) -> _Spelled:
    return _Spelled(statement, dialect)


# --- one of many ---------------------------------------------------------------------------------------------------------


_as_json = json.JSONEncoder(default=date.isoformat).encode


class _Many(TypeDecorator[Collection[Any]]):
    """A list as one value: an array, or in SQLite JSON. Of numbers, texts or dates."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.item))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        found = list(value or ())
        return _as_json(found) if dialect.name == "sqlite" else found


class _OneOf(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> _OneOf:
        """As it is: SQLAlchemy would write `= 1` behind it on SQLite, which then takes no index."""
        return self


@compiles(_OneOf, "sqlite")
def _in_json(element: _OneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled


@compiles(_OneOf, "postgresql")
def _in_array(element: _OneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, values = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY ({values})"


def one_of(column: Any, values: Collection[Any] | str) -> ColumnElement[bool]:
    """That a column is among values, sent as one however many they are (`in_` sends each, and the drivers have limits).

    A text names the bindparam that will have them.
    """
    many = _Many(column.type)
    return _OneOf(column, bindparam(values, type_=many) if isinstance(values, str) else literal(list(values), many))


def each(name: str, item: TypeEngine[Any], dialect: str) -> ColumnElement[Any]:
    """A column of what the bindparam of this name has, a row for each: for a `select` that writes one row for each."""
    many = bindparam(name, type_=_Many(item))
    if dialect == "sqlite":
        return func.json_each(many).table_valued("value").c.value
    return func.unnest(many, type_=item).column_valued(name)


class _Together(FunctionElement[str]):
    inherit_cache = True
    type = String()


@compiles(_Together, "sqlite")
def _concatenated(element: _Together, compiler: SQLCompiler, **how: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **how)})"


@compiles(_Together, "postgresql")
def _aggregated(element: _Together, compiler: SQLCompiler, **how: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **how)}::text, ',')"


def together(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A group's values in one text with commas between, in no order. SQLAlchemy's own function can't be compiled once."""
    return _Together(column)
