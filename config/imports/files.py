"""From a file to its rows: a JSON list of objects, or CSV with named columns.

A file that is broken raises CommandFailed with one line that says where; nothing of it is used then.
"""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import NoReturn

from config.commands.failure import CommandFailed

MOST_BYTES = 20_000_000
"""Some thirty times what the whole country's clinics or postcodes take."""
MOST_ROWS = 200_000
KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file, counted from 1; the line of column names is not counted."""

    number: int
    values: Mapping[str, object] = field(default_factory=dict)
    odd: str | None = None
    """Why the row can't be read, if so; it has no values then."""


def kind_of(value: object) -> str:
    return KINDS.get(type(value), "nothing")


def read_rows(path: Path, needed: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows of a file. CSV has to have one column of each of `needed`: what it is, and how it may be called."""
    text = _decoded(path, _content(path))
    start = text.lstrip()[:1]
    if not start:
        _broken(path, "the file is empty")
    rows = _json_rows(path, text) if start in "[{" or path.suffix.lower() == ".json" else _csv_rows(path, text, needed)
    if not rows:
        _broken(path, "the file has no rows")
    if len(rows) > MOST_ROWS:
        _broken(path, f"the file has {len(rows)} rows; at most {MOST_ROWS} are read")
    return rows


def _broken(path: Path, what: str) -> NoReturn:
    raise CommandFailed(f"{path.name}: {what}; nothing was imported")


def _content(path: Path) -> bytes:
    """Size and kind are looked at first, so that no file can fill the memory or be waited for."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            _broken(path, "this is no file")
        if about.st_size > MOST_BYTES:
            _broken(path, f"the file has {about.st_size} bytes; at most {MOST_BYTES} are read")
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        _broken(path, os.strerror(error.errno) if error.errno else "the file can't be read")
    except ValueError:
        raise CommandFailed("this can't be a file's name; nothing was imported") from None


def _decoded(path: Path, content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        _broken(path, "the file is UTF-16; it has to be UTF-8")
    if (zero := content.find(b"\0")) >= 0:
        _broken(path, f"line {_line(content, zero)} has a zero byte; this is no text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _broken(path, f"line {_line(content, error.start)} is not UTF-8")


def _line(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _json_rows(path: Path, text: str) -> list[Row]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        _broken(path, f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})")
    except (RecursionError, ValueError):
        _broken(path, "the JSON is nested too deeply or has a number that is too long")
    if not isinstance(data, list):
        _broken(path, f"the file has to be a list of objects, and is {kind_of(data)}")
    if data and not any(isinstance(item, dict) for item in data):
        _broken(path, f"the file has to be a list of objects, and is a list whose first item is {kind_of(data[0])}")
    return [
        Row(number, item) if isinstance(item, dict) else Row(number, odd=f"is {kind_of(item)}, not an object")
        for number, item in enumerate(data, start=1)
    ]


def _csv_rows(path: Path, text: str, needed: Mapping[str, Sequence[str]]) -> list[Row]:
    names, lines = _csv_lines(path, text)
    for what, columns in needed.items():
        if not set(columns) & set(names):
            _broken(path, f"no column for {what} ({' or '.join(columns)})")
    return [_csv_row(number, names, values) for number, values in enumerate(lines, start=1)]


def _csv_row(number: int, names: Sequence[str], values: Sequence[str]) -> Row:
    if len(values) != len(names):
        return Row(number, odd=f"has {len(values)} values for {len(names)} columns")
    return Row(number, dict(zip(names, values, strict=True)))


def _csv_lines(path: Path, text: str) -> tuple[list[str], list[list[str]]]:
    """The column names, in lower case, and what stands below them; empty lines are passed over."""
    # Python's own limit would let one long value stop the whole file; here only its row is skipped.
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[list[str]] = []
    begun = 1
    try:
        for values in reader:
            begun = reader.line_num + 1
            if any(value.strip() for value in values):
                lines.append(values)
    except csv.Error as error:
        _broken(path, f"line {begun}: not CSV ({error})")
    names = [name.strip().lower() for name in lines[0]]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        _broken(path, f"two columns have one name ({', '.join(twice)})"[:200])
    return names, lines[1:]


def _delimiter(text: str) -> str:
    """Semicolons where the first line has more of them than commas."""
    first = text.lstrip().split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else ","
