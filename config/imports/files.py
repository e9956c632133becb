"""A file of rows, as JSON or as CSV with named columns. What breaks it is told in one line that says where."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from config.commands.failure import CommandFailed

LARGEST = 32 * 1024 * 1024
"""Bytes. The whole country's clinics are less than one million."""


@dataclass(frozen=True)
class Row:
    number: int
    """From 1, the heading of a CSV file not counted."""
    data: dict[str, Any]


def read_rows(path: Path, columns: Sequence[str], *, csv_only: bool = False) -> list[Row]:
    """The rows of a JSON list of objects, or of a CSV file that has at least `columns`. Raises CommandFailed."""
    text = _text(path)
    looks_like_json = text.lstrip()[:1] in ("[", "{") and not csv_only
    rows = _from_json(text, path) if looks_like_json else list(_from_csv(text, path, columns))
    if not rows:
        raise CommandFailed(f"{path} holds no rows")
    return rows


def _text(path: Path) -> str:
    """The file's text, UTF-8 with or without a mark of it."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise CommandFailed(f"{path} is {size // 1024**2} MB large; at most {LARGEST // 1024**2} MB are read")
        data = path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{path} can't be read: {error.strerror}") from None
    if b"\0" in data:
        raise CommandFailed(f"{path} is no text file: line {data[: data.index(0)].count(10) + 1} holds a zero byte")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CommandFailed(f"{path} is not UTF-8: line {line} holds something else") from None


def _from_json(text: str, path: Path) -> list[Row]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise CommandFailed(
            f"{path} breaks off or is wrong at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except (RecursionError, ValueError):
        raise CommandFailed(f"{path} holds numbers or layers that no such list has") from None
    if not isinstance(found, list):
        raise CommandFailed(f"{path} holds {_kind(found)} where a list of rows is expected")
    for number, each in enumerate(found, 1):
        if not isinstance(each, dict):
            raise CommandFailed(f"{path}: row {number} is {_kind(each)} where an object is expected")
    return [Row(number, each) for number, each in enumerate(found, 1)]


def _from_csv(text: str, path: Path, columns: Sequence[str]) -> Iterator[Row]:
    heading = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text), delimiter=";" if heading.count(";") > heading.count(",") else ",", strict=True)
    try:
        reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or []]
        missing = [name for name in columns if name not in reader.fieldnames]
        if missing:
            raise CommandFailed(f"{path}: line 1 names no column {' or '.join(missing)}")
        for number, each in enumerate(reader, 1):
            yield Row(number, each)
    except csv.Error as error:
        raise CommandFailed(f"{path}: line {reader.line_num} is no CSV: {error}") from None


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return kinds.get(type(value), "a number")
