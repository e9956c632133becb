"""Backups: one file that holds a whole database. Each engine has its own way and its own kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from config.commands.archive.postgres import PostgresArchive
from config.commands.archive.sqlite import SqliteArchive
from config.commands.failure import CommandFailed
from config.settings import Settings
from journal_core import migrations


class Archive(Protocol):
    """One database's backups. All raise CommandFailed."""

    def write(self, file: Path) -> None:
        """Copies the database into a new file, whole or not at all, while others write."""

    def revision_in(self, file: Path) -> str | None:
        """The revision of the database in a backup, which is looked through; None if it holds another program's."""

    def check_target(self) -> None:
        """That the database holds nothing."""

    def read(self, file: Path) -> None:
        """Fills the empty database from a backup, whole or not at all."""


def archive_for(settings: Settings) -> Archive:
    if settings.sqlite_file is not None:
        return SqliteArchive(settings.sqlite_file)
    return PostgresArchive(settings.database_url)


def check_revision(revision: str | None) -> None:
    if revision is None:
        raise CommandFailed("the backup holds no database of this program")
    if revision not in migrations.known():
        raise CommandFailed(f"the backup is of a later version of the program ({revision}); use that version")
