"""The operator's command: complete help, one line for each error, nothing started that could not run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from config import opening
from config.commands import COMMANDS, check_config, main
from config.commands.schema import MIGRATION_LOCK
from config.declarations import bank
from config.opening import open_database, portal_options
from config.settings import VARIABLES, read_settings
from journal_core import migrations
from journal_core.booking.model import Booking
from journal_core.mapping import Mapped
from journal_core.organisation.model import CareProvider, Clinic, Postcode
from journal_core.registers.bankid_phone import Phone, PhoneRefused
from journal_core.schedule.model import OpenedTime
from tests.bench.servers import free_port
from tests.build.builders import KEYS_FILE, a_clinic, a_provider
from tests.build.clocks import FixedClock
from tests.build.engines import opened, sqlite_url
from tests.build.postgres import drop_database, fresh_database

ROOT = Path(__file__).parents[2]
SECRET = "correct-horse-battery-staple-0123456789"
PRODUCTION = {
    "VACCINPORTEN_ENV": "production",
    "VACCINPORTEN_BASE_URL": "https://vaccin.example.org",
    "VACCINPORTEN_KEYS_FILE": str(KEYS_FILE),
}
COMMAND = "import sys; from config.commands import main; sys.exit(main())"
NOBODY_THERE = "postgresql+psycopg://user:hidden-word@127.0.0.1:1/vaccinporten"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs a command in an empty folder, in development; the named words are more environment."""
    monkeypatch.chdir(tmp_path)
    for name in (*VARIABLES, "SECRET_KEY_FILE", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VACCINPORTEN_ENV", "development")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("VACCINPORTEN_KEYS_FILE", str(KEYS_FILE))

    def command(*words: str, **environ: str) -> Said:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(name, value)
            return Said(main(words), *capsys.readouterr())

    return command


def is_one_line(said: Said) -> bool:
    return said.code != 0 and said.err.startswith("vaccinporten: ") and said.err.count("\n") == 1


def elsewhere(*words: str, **environ: str) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# --- help and errors --------------------------------------------------------------------------------------------------


def test_help_names_each_command_and_setting(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in (*COMMANDS, *VARIABLES) if name not in said] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"vaccinporten {command}" in capsys.readouterr().out


def test_help_waits_for_nothing_heavy():
    heavy = ("flask", "sqlalchemy", "alembic", "cryptography", "gunicorn", "babel")
    script = f"import sys; sys.argv = ['vaccinporten', '--help']\ntry:\n {COMMAND.replace('; ', chr(10) + ' ')}\n"
    script += f"except SystemExit: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("--nonsense",),
        ("backup",),
        ("migrate", "extra"),
        ("demo", "--clinics", "0"),
        ("demo", "--clinics", "1", "--filled", "1.5"),
        ("demo", "--clinics", "1", "--filled", "nan"),
        ("demo", "--days", "3"),
        ("demo", "--clinics", "1", "--top-up"),
        ("serve", "--port", "http"),
        ("serve",),
        ("demo",),
        ("backup", "file"),
        ("restore", "file"),
        ("import-clinics", "file"),
        ("import-clinics", "file", "--provider", "459900104"),
        ("import-clinics", "file", "--provider", "4599001049"),
        ("import-clinics", "file", "--provider", "4599001049", "--name", "<b>"),
        ("import-postcodes", "file"),
    ],
    ids=" ".join,
)
def test_every_error_is_one_line(run, words):
    assert is_one_line(run(*words))


@pytest.mark.parametrize("command", ["migrate", "serve", "demo", "backup file", "check-config"])
def test_bad_settings_stop_each_command(run, command):
    said = run(*command.split(), VACCINPORTEN_TYPO="1")
    assert said.code != 0
    assert "VACCINPORTEN_TYPO" in said.out + said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", ["migrate", "serve", "demo", "backup file", "check-config"])
def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(run, command):
    said = run(*command.split(), DATABASE_URL=NOBODY_THERE)
    assert is_one_line(said)
    assert "hidden-word" not in said.out + said.err


def test_an_unforeseen_error_tells_its_place_and_not_what_it_says(run, monkeypatch):
    def fail(*_arguments: object) -> None:
        raise ValueError("hidden-word\nin two lines")

    monkeypatch.setattr("config.commands.migrate.read_settings", fail)
    said = run("migrate")
    assert is_one_line(said)
    assert "ValueError" in said.err
    assert "hidden-word" not in said.err


# --- migrate ----------------------------------------------------------------------------------------------------------


def test_migrate_twice_changes_nothing_the_second_time(run, tmp_path):
    assert "now at" in run("migrate").out
    assert "already at" in run("migrate").out
    with opened(sqlite_url(tmp_path / "var" / "vaccinporten.sqlite3")) as database:
        assert migrations.current(database) == migrations.newest()


def test_a_new_sqlite_file_is_private(run, tmp_path):
    run("migrate")
    modes = {file.name: file.stat().st_mode & 0o077 for file in (tmp_path / "var").iterdir()}
    assert modes
    assert not any(modes.values())


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_migrate_at_the_same_time_is_harmless(engine, tmp_path, request):
    cluster = request.getfixturevalue("cluster") if engine == "postgresql" else None
    url = fresh_database(cluster) if cluster else sqlite_url(tmp_path / "data.sqlite")
    environ = {"DATABASE_URL": url, "VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET}
    processes = [elsewhere("migrate", **environ) for _ in range(3)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert sorted("now at" in out for out, _err in said) == [False, False, True]
    if cluster:
        drop_database(url)


def test_migrate_waits_for_the_one_under_way(cluster, run):
    """While somebody else holds the lock nothing is migrated."""
    url = fresh_database(cluster)
    with opened(url) as database, database.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        said = run("migrate", DATABASE_URL=url, PGOPTIONS="-c lock_timeout=50")
        assert is_one_line(said)
        assert migrations.current(database) is None
    drop_database(url)


# --- check-config -----------------------------------------------------------------------------------------------------


def level_of(said: Said, what: str) -> str:
    lines = [line for line in said.out.splitlines() if line[5:].startswith(f"{what}: ")]
    assert len(lines) == 1, said.out
    return lines[0][:5].strip()


def test_check_config_before_and_after_migrating(run, tmp_path):
    before = run("check-config")
    assert before.code == 1
    assert level_of(before, "database") == "FAIL"
    assert not (tmp_path / "var").exists(), "it looked and made a database"
    run("migrate")
    after = run("check-config")
    assert after.code == 0
    assert level_of(after, "database") == level_of(after, "schema") == "ok"
    assert not after.err


def test_check_config_on_a_database_without_tables(run, tmp_path):
    (tmp_path / "data.sqlite").touch()
    said = run("check-config", DATABASE_URL="sqlite:///data.sqlite")
    assert said.code == 1
    assert level_of(said, "schema") == "FAIL"


def test_check_config_never_shows_the_secret(run):
    run("migrate")
    said = run("check-config")
    assert SECRET not in said.out + said.err
    assert f"{len(SECRET)} bytes" in said.out


@pytest.mark.parametrize(("safe", "advice"), [(False, "PostgreSQL is recommended"), (True, "writes ahead safely")])
def test_check_config_tells_what_sqlites_fault_costs(run, monkeypatch, safe, advice):
    monkeypatch.setattr("journal_core.transaction.wal_is_safe", lambda: safe)
    monkeypatch.setattr(opening, "wal_is_safe", lambda: safe)
    assert advice in run("check-config", **PRODUCTION).out


def test_check_config_names_missing_assets(run, monkeypatch, tmp_path):
    monkeypatch.setattr("config.assets.made.BUILT", tmp_path / "none")
    said = run("check-config")
    assert level_of(said, "assets") == "note"
    assert "map-parts.js" in said.out


@pytest.mark.parametrize(("trusted", "level"), [("0", check_config.NOTE), ("1", check_config.GOOD)])
def test_check_config_asks_about_the_proxy(run, trusted, level):
    assert level_of(run("check-config", **PRODUCTION, VACCINPORTEN_TRUSTED_PROXIES=trusted), "proxies") == level


# --- how settings become running parts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "safe", "journal"),
    [("production", False, "delete"), ("production", True, "wal"), ("development", False, "wal")],
)
def test_sqlite_writes_ahead_only_where_that_is_safe(monkeypatch, tmp_path, kind, safe, journal):
    monkeypatch.setattr(opening, "wal_is_safe", lambda: safe)
    url = f"sqlite:///{tmp_path}/data.sqlite"
    environ = {**PRODUCTION, "VACCINPORTEN_ENV": kind, "SECRET_KEY": SECRET, "DATABASE_URL": url}
    database = open_database(read_settings(environ))
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal
    database.dispose()


def test_the_portal_is_told_all_it_asks_for():
    environ = {
        **PRODUCTION,
        "SECRET_KEY": SECRET,
        "VACCINPORTEN_TRUSTED_PROXIES": "2",
        "VACCINPORTEN_TILE_URL": "https://tiles.example.org/{z}/{x}/{y}.png",
        "VACCINPORTEN_TILE_ATTRIBUTION": "© Kartmakarna",
        "VACCINPORTEN_SUPPORT_PHONE": "08-123 45 67",
        "VACCINPORTEN_SUPPORT_EMAIL": "hjalp@example.org",
        "VACCINPORTEN_OPERATOR": "Region Exempel",
        "VACCINPORTEN_HOLD_MINUTES": "15",
        "VACCINPORTEN_LANGUAGES": "fi,sv",
    }
    settings = read_settings(environ)
    options = portal_options(settings)
    of_development: dict[str, object] = {"demo_people": (), "register": None, "phone": None, "eids": [], "bank": bank()}
    assert {name: getattr(options, name) for name in of_development} == of_development
    told = {name: getattr(options, name) for name in vars(options) if name not in of_development}
    assert told == {name: getattr(settings, name) for name in told}


def test_development_has_demo_people():
    settings = read_settings({"VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET})
    assert {person.staff for person in portal_options(settings).demo_people} == {True, False}


# --- serve ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines of servers that would have been started, each with its PORT at the end."""
    lines: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _program, words, environ: lines.append([*words, environ["PORT"]]))
    return lines


def test_serve_refuses_a_database_that_is_not_migrated(run, started, tmp_path):
    (tmp_path / "data.sqlite").touch()
    said = run("serve", DATABASE_URL="sqlite:///data.sqlite")
    assert is_one_line(said)
    assert "vaccinporten migrate" in said.err
    assert not started


def test_serve_in_development_tells_where_and_as_whom(run, started):
    run("migrate")
    said = run("serve", "--port", "8123", PORT="8000")
    assert "http://127.0.0.1:8123/personal" in said.out
    assert "http://127.0.0.1:8123/utveckling/brevlada" in said.out
    assert "Astrid Lindqvist" in said.out
    assert started[0][started[0].index("--bind") + 1] == "127.0.0.1:8123"
    assert started[0][-1] == "8123"
    assert os.environ.get("PORT") != "8123"


def test_serve_in_production_starts_without_a_word(run, started):
    run("migrate", **PRODUCTION)
    said = run("serve", "--host", "::", PORT="8000", **PRODUCTION)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert started[0][started[0].index("--bind") + 1] == "[::]:8000"


def test_gunicorn_takes_its_configuration(monkeypatch, tmp_path):
    """Read by gunicorn's own rules: nothing opened in a home folder, no header believed, no address logged."""
    script = "import config.gunicorn as found, json; names = [n for n in vars(found) if not n.startswith('_')]; "
    script += "print(json.dumps({n: getattr(found, n) for n in names if isinstance(getattr(found, n), (str, int, dict))}))"
    environ = {**os.environ, "VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET, "WEB_CONCURRENCY": "3", "PORT": "8123"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    config: Any = import_module("gunicorn.config").Config()
    for name, value in json.loads(done.stdout).items():
        if name in config.settings:
            config.set(name, value)
    assert config.control_socket_disable
    assert (config.workers, config.worker_class_str, config.threads) == (3, "gthread", 4)
    assert config.address == [("127.0.0.1", 8123)]
    assert (config.forwarded_allow_ips, config.secure_scheme_headers, config.accesslog) == ([], {}, None)
    assert not config.preload_app


def test_the_server_says_which_setting_is_wrong(tmp_path):
    environ = {**os.environ, **PRODUCTION, "PYTHONPATH": str(ROOT), "PORT": "http"}
    done = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    first = json.loads(done.stderr.splitlines()[0])
    assert done.returncode
    assert (first["level"], first["message"].partition(":")[0]) == ("critical", "PORT")


TELLS_ITS_BANKID = """
from config.opening import STANDINS

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [STANDINS[0].address.encode()]
"""


def test_workers_find_the_bankid_of_their_server_which_ends_at_once_and_leaves_nothing_behind(tmp_path):
    """Gunicorn as `serve` starts it, before an application that only says where BankID is."""
    (tmp_path / "tells.py").write_text(TELLS_ITS_BANKID)
    environ = {**os.environ, "VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET, "TMPDIR": str(tmp_path)}
    port, path = free_port(), f"{ROOT}{os.pathsep}{tmp_path}"
    words = ("gunicorn", "-c", "python:config.gunicorn", "--bind", f"127.0.0.1:{port}", "tells:application")
    with subprocess.Popen(
        [sys.executable, "-m", *words], env={**environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        next(line for line in server.stderr if "Listening at" in line)
        address = requests.get(f"http://127.0.0.1:{port}/", timeout=30).text
        [folder] = tmp_path.glob("vaccinporten-bankid-*")
        with pytest.raises(PhoneRefused, match="noSuchOrder"):
            Phone(folder, address).start("nothing")
        server.terminate()
        server.communicate(timeout=10)
    assert server.returncode == 0 and not folder.exists()


def test_a_bankid_of_ones_own_is_there_in_development_while_it_is_served_and_never_in_production():
    production = read_settings({**PRODUCTION, "SECRET_KEY": SECRET})
    development = read_settings({"VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET})
    opening.start_standins(production)
    assert not opening.STANDINS and not portal_options(production).eids
    opening.start_standins(development)
    folder, options = opening.STANDINS[0].folder, portal_options(development)
    opening.end_standins()
    assert [(one.name, one.eid.for_development) for one in options.eids] == [("bankid-ovning", True)]
    assert options.phone is not None and not folder.exists()
    assert (portal_options(development).eids, portal_options(development).phone) == ([], None)


# --- demo -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    clock = FixedClock()
    monkeypatch.setattr("portal.wiring.SystemClock", lambda: clock)
    monkeypatch.setattr("journal_core.clock.SystemClock", lambda: clock)
    return clock


def count(file: Path, model: type[Mapped]) -> int:
    with opened(sqlite_url(file)) as database, database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_demo_fills_tops_up_and_refuses_to_fill_again(run, tmp_path, still_clock):
    file = tmp_path / "var" / "vaccinporten.sqlite3"
    run("migrate")
    assert run("demo", "--top-up").code == 0
    booked, times = count(file, Booking), count(file, OpenedTime)
    assert booked
    still_clock.advance(days=7)
    assert run("demo", "--top-up").code == 0
    assert count(file, Booking) == booked
    assert count(file, OpenedTime) > times
    said = run("demo")
    assert is_one_line(said)
    assert "not empty" in said.err
    assert is_one_line(run("demo", "--clinics", "2"))
    assert count(file, Booking) == booked


@pytest.mark.usefixtures("still_clock")
def test_the_demo_generates_what_was_asked_for(run, tmp_path):
    run("migrate")
    words = ("--clinics", "3", "--days", "4", "--resources", "2", "--filled", "0.5", "--seed", "7")
    assert run("demo", *words).code == 0
    file = tmp_path / "var" / "vaccinporten.sqlite3"
    assert count(file, Booking)


@pytest.mark.usefixtures("still_clock")
def test_topping_up_leaves_others_alone(run, tmp_path):
    run("migrate")
    file = tmp_path / "var" / "vaccinporten.sqlite3"
    with opened(sqlite_url(file)) as database, database.writing() as session:
        a_clinic(session)
    said = run("demo", "--top-up")
    assert (said.code, said.err, said.out.count("\n")) == (0, "", 1)
    assert "left alone" in said.out
    assert not count(file, OpenedTime)


@pytest.mark.parametrize("words", [(), ("--top-up",), ("--clinics", "1")], ids=" ".join)
def test_production_takes_no_demo(run, words):
    run("migrate", **PRODUCTION)
    said = run("demo", *words, **PRODUCTION)
    assert is_one_line(said)
    assert "development" in said.err


def test_production_serves_no_demo(run):
    said = run("serve", "--demo", **PRODUCTION)
    assert is_one_line(said)
    assert "--demo is for development only" in said.err


# --- imports ----------------------------------------------------------------------------------------------------------


IMPORT = ("import-clinics", "clinics.csv", "--provider", "459900-1049")
CLINICS = (
    "name,address,latitude,longitude,phone\nBlåsippan,Sippgatan 1,57.1,12.2,\nLönnen,Lönngatan 2,,,ring\n<b>,Fetgatan 3,,,\n"
)
FIRST_IMPORT = """\
Clinics of Sippans vård (4599001049) from clinics.csv:
  read:           3
  added:          2
  changed:        0
  unchanged:      0
  skipped:        1
Skipped:
  row 3: name has HTML in it
Remarks:
  row 2: telephone number ring is unreadable; left out
"""


def clinics_of(folder: Path) -> int:
    return count(folder / "var" / "vaccinporten.sqlite3", Clinic)


def test_an_import_reports_what_it_did_and_a_dry_run_what_it_would(run, tmp_path):
    run("migrate")
    (tmp_path / "clinics.csv").write_text(CLINICS)
    dry = run(*IMPORT, "--name", "Sippans vård", "--dry-run")
    assert (dry.code, dry.out) == (0, f"Dry run: nothing is written. This is what would happen.\n{FIRST_IMPORT}")
    assert count(tmp_path / "var" / "vaccinporten.sqlite3", CareProvider) == clinics_of(tmp_path) == 0
    done = run(*IMPORT, "--name", "Sippans vård")
    assert (done.code, done.out, done.err) == (0, FIRST_IMPORT, "")
    assert clinics_of(tmp_path) == 2


def test_an_import_names_what_it_changed(run, tmp_path):
    run("migrate")
    (tmp_path / "clinics.csv").write_text(CLINICS)
    run(*IMPORT)
    (tmp_path / "clinics.csv").write_text(CLINICS.replace(",ring", ",031-390 60 01"))
    changed = "Changed:\n  row 1 (Blåsippan): activated\n  row 2 (Lönnen): phone\n"
    assert changed in run(*IMPORT, "--activate", "--dry-run").out
    assert changed in run(*IMPORT, "--activate").out
    again = run(*IMPORT, "--activate").out
    assert "unchanged:      2" in again
    assert "Changed" not in again


def test_an_import_remarks_that_a_provider_without_ivt_books_nothing(run, tmp_path):
    run("migrate")
    (tmp_path / "clinics.csv").write_text(CLINICS)
    with opened(sqlite_url(tmp_path / "var" / "vaccinporten.sqlite3")) as database, database.writing() as session:
        a_provider(session, org_number="4599001049", modules=())
    assert "the provider's module IVT is off" in run(*IMPORT, "--activate").out


@pytest.mark.parametrize("command", [IMPORT, ("import-postcodes", "clinics.csv")], ids=" ".join)
@pytest.mark.parametrize("content", ["", "[[1]]", "{}", "a,b\n1,2\n", "\0"], ids=repr)
def test_a_broken_file_is_one_line_and_imports_nothing(run, tmp_path, command, content):
    run("migrate")
    (tmp_path / "clinics.csv").write_text(content)
    said = run(*command)
    assert is_one_line(said)
    assert "clinics.csv" in said.err
    assert count(tmp_path / "var" / "vaccinporten.sqlite3", CareProvider) == 0


def test_postcodes_are_replaced_and_a_list_without_a_usable_row_replaces_nothing(run, tmp_path):
    run("migrate")
    file, postcodes = tmp_path / "postcodes.csv", tmp_path / "var" / "vaccinporten.sqlite3"
    file.write_text("postal_code,locality,municipality_name\n30243,Halmstad,Halmstads kommun\n43275,Byn,Varbergs kommun\n")
    assert "added:          2" in run("import-postcodes", file.name).out
    file.write_text("postal_code,locality,municipality_name\n30243,Halmstad,Halmstads kommun\n")
    for dry in (("--dry-run",), ()):
        assert count(postcodes, Postcode) == 2
        said = run("import-postcodes", file.name, *dry).out
        assert said.startswith("Dry run") is bool(dry)
        assert "unchanged:      1" in said
        assert "Removed, for the file lacks them: 1" in said
    file.write_text("postal_code,locality,municipality_name\n0,Halmstad,Halmstads kommun\n")
    said = run("import-postcodes", file.name)
    assert is_one_line(said)
    assert "no row can be used (row 1: the postcode can't be one)" in said.err
    assert count(postcodes, Postcode) == 1
