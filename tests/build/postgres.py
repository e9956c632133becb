"""A PostgreSQL cluster for as long as a test run needs it: on a Unix socket, in a temporary folder, kept by nobody.

A cluster is named by the address of its maintenance database (an SQLAlchemy URL); `fresh_database` turns that into the
address of a new, empty database. `python -m tests.build.postgres` says in one line what is missing, or nothing.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

SUPERUSER = "postgres"
SERVER_OPTIONS = ("listen_addresses=", "fsync=off", "max_connections=200")
START_SECONDS = 30.0
STOP_SECONDS = 15.0
PREFIX = "vaccinporten-pg-"
MEMORY = Path("/dev/shm")
LEFT_SECONDS = 3600.0
"""Since when a folder without a server has been left behind."""
ROOM_IN_MEMORY = 4 * 1024**3
"""Bytes that must be free; the races' clusters need some 300 MB each."""
INSTRUCTION = "PostgreSQL's server programs are missing. Install them: sudo apt-get install postgresql"


class PostgresMissing(RuntimeError):
    """No server programs on this machine; the message names the command that brings them."""


def binaries() -> Path:
    """The folder with initdb, postgres, pg_dump and the like: the machine's own, else the packaged one."""
    for folder in (*_machine_folders(), *_packaged_folders()):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresMissing(INSTRUCTION)


@contextmanager
def throwaway_cluster() -> Iterator[str]:
    """A running cluster; gives the URL of its maintenance database and leaves nothing behind."""
    _clear_away()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_room()))
    try:
        programs = _reachable(binaries(), folder)
        _give_to_server_user(folder)
        _run_initdb(programs, folder)
        server = _start(programs, folder)
        try:
            _wait_until_ready(server, folder)
            yield _url(folder)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(cluster: str, template: str | None = None) -> str:
    """Creates a database in the cluster, empty or as a copy of `template` (a name; nobody may be connected to it)."""
    name = f"test_{uuid4().hex}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template or "template0"))
    with _maintenance(cluster) as connection:
        connection.execute(statement)
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Removes the database that the URL names, whoever is still connected to it."""
    name = make_url(url).database or ""
    with _maintenance(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _room() -> Path:
    """Where a cluster may lie: in memory where there is enough, for that makes a new database ten times as quickly.

    Socket paths must stay below some 100 characters, so TMPDIR is not asked.
    """
    fits = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if fits and min(shutil.disk_usage(MEMORY).free, _memory_available()) >= ROOM_IN_MEMORY:
        return MEMORY
    return Path("/tmp")


def _memory_available() -> int:
    """Bytes, as the kernel reckons them; none where it doesn't say."""
    told = Path("/proc/meminfo")
    found = re.search(r"^MemAvailable:\s+(\d+) kB", told.read_text() if told.exists() else "", re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


def _clear_away() -> None:
    """What killed runs have left in memory: clusters without a server, too old to be just starting."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_SECONDS and not _serves(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _serves(folder: Path) -> bool:
    told = folder / "data" / "postmaster.pid"
    return told.exists() and Path("/proc", told.read_text().split("\n")[0]).exists()


def _machine_folders() -> list[Path]:
    """Where this machine may keep the programs: PATH first, then Debian's folders, newest version first."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    return ([Path(on_path).resolve().parent] if on_path else []) + debian


def _version(folder: Path) -> int:
    """15 for /usr/lib/postgresql/15/bin."""
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _packaged_folders() -> list[Path]:
    """Where the package pgserver keeps its copy; it is found, not imported, for importing it starts things."""
    spec = find_spec("pgserver")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs where the server's user can read them: root's packages may lie in a folder closed to others."""
    if not _is_root() or programs not in _packaged_folders():
        return programs
    packages = programs.parents[2]
    for part in ("pgserver/pginstall", "pgserver.libs"):
        if (packages / part).is_dir():
            shutil.copytree(packages / part, folder / part, symlinks=True)
    return folder / "pgserver" / "pginstall" / "bin"


def _is_root() -> bool:
    return os.geteuid() == 0


def _server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: its own user where there is one, else nobody."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _give_to_server_user(folder: Path) -> None:
    if _is_root():
        user = _server_user()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _prefix() -> list[str]:
    """The words before a server command: another user when root, and a signal to stop when this process dies."""
    if not shutil.which("setpriv"):
        return []
    # INT is PostgreSQL's fast shutdown. A killed test run thus leaves no server behind.
    words = ["setpriv", "--pdeathsig=INT"]
    if _is_root():
        user = _server_user()
        words += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return words


def _run_initdb(programs: Path, folder: Path) -> None:
    command = [programs / "initdb", "-D", folder / "data", "-U", SUPERUSER, "-A", "trust", "-N", "-E", "UTF8"]
    result = subprocess.run(
        [*_prefix(), *map(str, command), "--locale=C.UTF-8"], cwd=folder, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"initdb failed: {result.stderr.strip() or result.stdout.strip()}")


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    options = [word for option in (*SERVER_OPTIONS, f"unix_socket_directories={folder}") for word in ("-c", option)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [*_prefix(), str(programs / "postgres"), "-D", str(folder / "data"), *options],
            cwd=folder,
            stdout=log,
            stderr=log,
            # Ctrl-C is for the tests; they stop the server when they are through.
            start_new_session=True,
        )


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}") from None
            time.sleep(0.02)
        else:
            return


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; if that hangs, immediate shutdown, for nothing here is worth keeping."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(STOP_SECONDS)


def _url(folder: Path) -> str:
    return f"postgresql+psycopg://{SUPERUSER}@/postgres?host={folder}"


def _maintenance(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommitting connection to the maintenance database of the cluster that the URL points into."""
    plain = make_url(url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def main() -> int:
    try:
        binaries()
    except PostgresMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
