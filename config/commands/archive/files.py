"""Backup files: recognised by how they begin, written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.commands.failure import CommandFailed

BEGINNINGS = {b"SQLite format 3\0": "SQLite", b"PGDMP": "PostgreSQL"}


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A private draft beside `file`, which gets its name when the block ends well, else is gone."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CommandFailed(f"{file} can't be written: {error.strerror}") from None
    try:
        yield draft
        _to_disk(draft)
        draft.replace(file)
        _to_disk(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def check_new(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise CommandFailed(f"{file} exists; a backup never writes over another file")


def check_kind(file: Path, wanted: str) -> None:
    """That the file begins as a backup of the `wanted` engine does."""
    try:
        with file.open("rb") as stream:
            beginning = stream.read(16)
    except OSError as error:
        raise CommandFailed(f"{file} can't be read: {error.strerror}") from None
    kind = next((kind for mark, kind in BEGINNINGS.items() if beginning.startswith(mark)), None)
    if kind is None:
        raise CommandFailed(f"{file} is not a backup")
    if kind != wanted:
        raise CommandFailed(f"{file} is a backup of {kind}, but DATABASE_URL names a database of {wanted}")


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
