"""A backup restores to the same rows behind the same wall, and nothing else is ever restored."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from config.commands import main
from config.commands.archive import postgres
from journal_core import migrations
from journal_core.access.model import Draft
from journal_core.access.use_cases import start_draft
from journal_core.actor import SYSTEM
from journal_core.audit.model import AccessLogRow, Action
from journal_core.audit.use_cases import record
from journal_core.booking.model import Booking
from journal_core.crypto import Vault
from journal_core.mapping import Mapped
from journal_core.transaction import Database
from tests.build.builders import KEYS_FILE, SECRET, a_booking, a_clinic, a_draft, a_policy, a_staff_account, a_time, an_offer
from tests.build.clocks import START
from tests.build.engines import opened, sqlite_url, url_of
from tests.build.postgres import binaries, drop_database, fresh_database

MOST_SECONDS = 60
OTHER_KIND = {True: b"PGDMP", False: b"SQLite format 3\0"}
LATER = """
import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{down}"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, but for the database; and PostgreSQL's programs of the server's own version."""
    monkeypatch.setenv("VACCINPORTEN_ENV", "development")
    monkeypatch.setenv("SECRET_KEY", SECRET.decode())
    monkeypatch.setenv("VACCINPORTEN_KEYS_FILE", str(KEYS_FILE))
    monkeypatch.setenv("PATH", str(binaries()), prepend=":")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command on a database and gives what it prints; `refused` gives the one line of its refusal instead."""

    def command(url: str, *words: object, refused: bool = False) -> str:
        monkeypatch.setenv("DATABASE_URL", url)
        code = main([str(word) for word in words])
        said, complained = capsys.readouterr()
        assert (code != 0) is refused, complained
        assert complained.count("\n") == refused
        return complained if refused else said

    return command


@pytest.fixture
def empty(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of the same engine."""
    if database.sqlite:
        yield sqlite_url(tmp_path / "restored" / "vaccinporten.sqlite")
        return
    url = fresh_database(request.getfixturevalue("cluster"))
    yield url
    drop_database(url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "night.backup"


@pytest.fixture
def filled(database: Database) -> Database:
    """Bookings, live and cancelled, with all that hangs on them, written by the core."""
    with database.writing() as session:
        clinic = a_clinic(session)
        offer = an_offer(session, clinic=clinic, resources=(1, 2))
        policy = a_policy(session, clinic.unit.provider)
        a_staff_account(session, clinic)
        for minute in (540, 550, 560):
            a_booking(session, offer, time=a_time(minute), policy=policy)
        a_draft(session, offer, note="Åsa Öberg; \\N \t '%s'")
    return database


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything, by table, in the order of the keys."""
    with database.reading() as session:
        kept = {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Mapped.metadata.sorted_tables
        }
    return {**kept, "alembic_version": [(migrations.current(database),)]}


def is_untouched(url: str) -> bool:
    """Nothing was restored: no file, or no table."""
    if url.startswith("sqlite:"):
        return not Path(url.removeprefix("sqlite:///")).exists()
    with opened(url) as database, database.reading() as session:
        return not session.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))


@contextmanager
def somebody_writing(database: Database) -> Iterator[None]:
    """Another connection that writes a draft and a log row together, over and over."""
    stop, begun = Event(), Event()
    with database.reading() as session:
        clinic_id = session.scalars(select(Booking.clinic_id)).first()
    assert clinic_id is not None

    def write() -> None:
        while not stop.is_set():
            with database.writing() as session:
                start_draft(session, Vault(SECRET), "somebody", clinic_id, {}, START)
                record(session, SYSTEM, Action.SAW_DAY, START, clinic_id=clinic_id)
            begun.set()

    thread = Thread(target=write)
    thread.start()
    try:
        assert begun.wait(MOST_SECONDS)
        yield
    finally:
        stop.set()
        thread.join(MOST_SECONDS)
        assert not thread.is_alive()


# --- what comes back --------------------------------------------------------------------------------------------------


def test_a_restored_database_is_the_same_row_by_row(filled, empty, file, run):
    before = rows(filled)
    assert all(before[name] for name in ("booking", "visit", "outgoing_message", "access_log", "draft", "assignment"))
    run(url_of(filled), "backup", file)
    run(empty, "restore", file)
    with opened(empty) as restored:
        assert rows(restored) == before
        assert migrations.current(restored) == migrations.newest()


def test_what_is_sealed_opens_again(filled, empty, file, run):
    run(url_of(filled), "backup", file)
    run(empty, "restore", file)
    with opened(empty) as restored, restored.reading() as session:
        booking = session.scalars(select(Booking)).first()
        assert booking is not None
        assert Vault(SECRET).open(f"booking-link:{booking.link_hash}", booking.link)


def test_the_wall_still_refuses(filled, empty, file, run):
    run(url_of(filled), "backup", file)
    run(empty, "restore", file)
    with opened(empty) as restored:
        booking = Booking.__table__
        with restored.reading() as session:
            row = dict(session.execute(select(booking)).mappings().first() or {})
        unique = {name: uuid4().hex for name in ("code", "link_hash", "arrival_hash")}
        again = {**{name: value for name, value in row.items() if name != "id"}, **unique}
        with pytest.raises(DBAPIError, match="booking_wall"), restored.writing() as session:
            session.execute(insert(Booking), [again])
        elsewhere = {**again, "lane_start": again["lane_start"] + 2**40, "lane_end": again["lane_end"] + 2**40}
        with restored.writing() as session:
            session.execute(insert(Booking), [elsewhere])


def test_a_backup_is_one_moment_while_somebody_writes(filled, empty, file, run):
    before = rows(filled)
    with somebody_writing(filled):
        run(url_of(filled), "backup", file)
    run(empty, "restore", file)
    with opened(empty) as restored, restored.reading() as session:
        drafts = session.scalar(select(func.count()).select_from(Draft))
        looks = session.scalar(select(func.count()).select_from(AccessLogRow))
    assert drafts is not None
    assert looks is not None
    assert drafts - len(before["draft"]) == looks - len(before["access_log"]) > 0


def test_a_backup_neither_waits_for_nor_holds_what_is_not_committed(filled, empty, file, run):
    before = rows(filled)
    with filled.writing() as session:
        record(session, SYSTEM, Action.SAW_DAY, START)
        session.flush()
        run(url_of(filled), "backup", file)
    run(empty, "restore", file)
    with opened(empty) as restored:
        assert rows(restored) == before


def test_the_rollback_journal_lets_itself_be_copied_too(sqlite_database, tmp_path, file, run):
    url = url_of(sqlite_database)
    sqlite_database.dispose()
    database = Database(url, wal=False)
    with database.writing() as session:
        record(session, SYSTEM, Action.SAW_DAY, START)
        session.flush()
        run(url, "backup", file)
    database.dispose()
    restored = sqlite_url(tmp_path / "restored.sqlite")
    run(restored, "restore", file)
    with opened(restored) as copy, copy.reading() as session:
        assert not session.scalar(select(func.count()).select_from(AccessLogRow))


def test_a_backup_is_one_private_file(filled, file, run):
    run(url_of(filled), "backup", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def test_a_restored_sqlite_file_is_private(sqlite_database, tmp_path, file, run):
    run(url_of(sqlite_database), "backup", file)
    target = tmp_path / "restored.sqlite"
    run(sqlite_url(target), "restore", file)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_backup_never_writes_over_a_file(filled, file, run):
    file.write_text("yesterday's")
    assert "exists" in run(url_of(filled), "backup", file, refused=True)
    assert file.read_text() == "yesterday's"


# --- what is refused --------------------------------------------------------------------------------------------------


def test_restore_spares_a_database_that_holds_something(filled, file, run):
    before = rows(filled)
    run(url_of(filled), "backup", file)
    assert "not empty" in run(url_of(filled), "restore", file, refused=True)
    assert rows(filled) == before


def test_restore_refuses_the_other_engine(database, empty, file, run):
    file.write_bytes(OTHER_KIND[database.sqlite] + bytes(2000))
    assert "is a backup of" in run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


@pytest.mark.parametrize("content", [b"", b"not a backup", bytes(5000)])
def test_restore_refuses_what_is_no_backup(empty, file, run, content):
    file.write_bytes(content)
    assert "not a backup" in run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


def test_restore_refuses_a_file_that_is_not_there(empty, file, run):
    assert "can't be read" in run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


@pytest.mark.parametrize("kept", [0.3, 0.995])
def test_restore_refuses_a_file_cut_short(filled, empty, file, run, kept):
    run(url_of(filled), "backup", file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


@pytest.mark.parametrize("place", [0.5, 0.8])
def test_restore_refuses_a_file_damaged_within(filled, empty, file, run, place):
    run(url_of(filled), "backup", file)
    content = bytearray(file.read_bytes())
    start = int(len(content) * place)
    content[start : start + 8192] = b"\xff" * len(content[start : start + 8192])
    file.write_bytes(content)
    run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


def test_restore_refuses_a_database_of_another_program(database, empty, file, run):
    with database.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
    run(url_of(database), "backup", file)
    assert "no database of this program" in run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


def test_restore_refuses_what_would_be_played_into_an_sqlite_file(sqlite_database, tmp_path, file, run):
    """A journal left beside a database that is gone."""
    run(url_of(sqlite_database), "backup", file)
    target = tmp_path / "restored.sqlite"
    leftover = tmp_path / "restored.sqlite-wal"
    leftover.write_bytes(b"old pages")
    assert leftover.name in run(sqlite_url(target), "restore", file, refused=True)
    assert not target.exists()


def test_backup_of_no_database_leaves_no_file(tmp_path, file, run):
    missing = tmp_path / "missing.sqlite"
    run(sqlite_url(missing), "backup", file, refused=True)
    assert not missing.exists()
    assert not list(file.parent.iterdir())


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Turns the program into a later version, with one migration more, and back."""
    now = migrations.HERE
    later = tmp_path / "migrations"
    shutil.copytree(now, later)
    (later / "versions" / "later.py").write_text(LATER.format(down=migrations.newest()))
    return lambda is_later: monkeypatch.setattr(migrations, "HERE", later if is_later else now)


def test_an_older_backup_is_brought_up_to_date(filled, empty, file, run, later_version):
    run(url_of(filled), "backup", file)
    later_version(True)
    run(empty, "restore", file)
    with opened(empty) as restored:
        assert migrations.current(restored) == "later"


def test_a_later_versions_backup_is_refused(database, empty, file, run, later_version):
    later_version(True)
    run(url_of(database), "migrate")
    run(url_of(database), "backup", file)
    later_version(False)
    assert "later version" in run(empty, "restore", file, refused=True)
    assert is_untouched(empty)


# --- PostgreSQL's own programs ----------------------------------------------------------------------------------------


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without PostgreSQL; the empty folder is all there is on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path / "nothing")
    return folder


@pytest.mark.usefixtures("no_programs")
def test_a_missing_program_is_named_with_what_brings_it(file, run):
    line = run("postgresql+psycopg://u:hidden-word@127.0.0.1/x", "backup", file, refused=True)
    assert "pg_dump is missing" in line
    assert "apt-get install" in line
    assert not list(file.parent.iterdir())


def test_the_newest_of_debians_programs_is_taken(no_programs, tmp_path, monkeypatch, file, run):
    for version in ("9.6", "15", "9"):
        program = tmp_path / "debian" / version / "bin" / "pg_dump"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'pg_dump: error: I am {version}' >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path / "debian")
    assert "I am 15" in run("postgresql+psycopg://u@127.0.0.1/x", "backup", file, refused=True)


def test_the_password_is_never_on_the_command_line(no_programs, tmp_path, file, run):
    program = no_programs / "pg_dump"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/word\nexit 1\n')
    program.chmod(0o755)
    url = "postgresql+psycopg://u:hid%20den@127.0.0.1:5433/x?sslmode=require"
    assert "hid den" not in run(url, "backup", file, refused=True)
    words = (tmp_path / "words").read_text()
    assert "hid" not in words
    assert "sslmode=require" in words
    assert "5433" in words
    assert (tmp_path / "word").read_text() == "hid den\n"
    assert not list(file.parent.iterdir())
