"""Backups of PostgreSQL: pg_dump's own archive, read back by pg_restore in one transaction.

The password goes to these programs by the environment, for a command line can be read by everybody on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from config.commands.archive.files import check_kind, check_new, whole
from config.commands.failure import CommandFailed

DEBIAN = Path("/usr/lib/postgresql")
OWN_OBJECTS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' AND c.relkind <> 'i'
AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
)
"""
"""What a database holds but for the extensions that its host put there."""
SECRET_WORDS = ("password", "sslpassword")


@dataclass(frozen=True, repr=False)
class PostgresArchive:
    url: str

    def write(self, file: Path) -> None:
        check_new(file)
        with whole(file) as draft:
            self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}", self._target())
            _read_through(draft)

    def revision_in(self, file: Path) -> str | None:
        check_kind(file, "PostgreSQL")
        _read_through(file)
        told = _run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file))
        return _copied_value(told)

    def check_target(self) -> None:
        try:
            with psycopg.connect(make_conninfo(**self._words())) as connection:
                row = connection.execute(OWN_OBJECTS).fetchone()
        except psycopg.OperationalError as error:
            raise CommandFailed(f"the database can't be reached: {first_line(error)}") from None
        if row and row[0]:
            raise CommandFailed("the database is not empty; restore into a new one")

    def read(self, file: Path) -> None:
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self._run("pg_restore", *options, self._target(), str(file))

    def _words(self) -> dict[str, Any]:
        """The address in libpq's words, as the service itself hands it over."""
        url = make_url(self.url)
        _, words = url.get_dialect()().create_connect_args(url)
        return dict(words)

    def _target(self) -> str:
        public = {name: value for name, value in self._words().items() if name not in SECRET_WORDS}
        return f"--dbname={make_conninfo(**public)}"

    def _run(self, program: str, *words: str) -> None:
        password = self._words().get("password")
        _run(program, *words, environ={"PGPASSWORD": password} if password is not None else {})


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _read_through(file: Path) -> None:
    """pg_restore unpacks everything, to nowhere."""
    _run("pg_restore", f"--file={os.devnull}", str(file))


def _copied_value(script: str) -> str | None:
    """The first row that a COPY in the script brings."""
    lines = iter(script.splitlines())
    for line in lines:
        if line.startswith("COPY ") and "alembic_version" in line:
            value = next(lines, "\\.")
            return None if value == "\\." else value
    return None


def _run(program: str, *words: str, environ: dict[str, str] | None = None) -> str:
    command = [_found(program), *words]
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, words made here
            command, env={**os.environ, "LC_ALL": "C", **(environ or {})}, capture_output=True, check=False
        )
    except OSError as error:
        raise CommandFailed(f"{program} can't be started: {error.strerror}") from None
    if done.returncode:
        raise CommandFailed(f"{program} failed: {_complaint(done.stderr.decode(errors='replace'))}")
    return done.stdout.decode(errors="replace")


def _complaint(said: str) -> str:
    """One line. Those after the first may repeat rows."""
    lines = said.splitlines() or ["it does not say why"]
    line = next((line for line in lines if "error:" in line), lines[0])
    return line.partition("error: ")[2] or line


def _found(program: str) -> str:
    """On PATH, else Debian's newest."""
    debian = sorted(DEBIAN.glob(f"*/bin/{program}"), key=_version, reverse=True)
    found = shutil.which(program) or next(map(str, debian), None)
    if found is None:
        raise CommandFailed(f"{program} is missing. Install it: sudo apt-get install postgresql-client")
    return found


def _version(program: Path) -> float:
    """15 for /usr/lib/postgresql/15/bin/pg_dump."""
    try:
        return float(program.parents[1].name)
    except ValueError:
        return 0
