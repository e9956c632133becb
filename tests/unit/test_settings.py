"""Settings: what is understood, what stops the start, and that no secret is ever said."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from config.settings import VARIABLES, BadSettings, read_settings
from portal.web.languages import LANGUAGES
from tests.build.builders import KEYS_FILE

SECRET = "correct-horse-battery-staple-0123456789"
LIVE = {
    "SECRET_KEY": SECRET,
    "VACCINPORTEN_BASE_URL": "https://vaccin.example.org",
    "VACCINPORTEN_KEYS_FILE": str(KEYS_FILE),
}
HERE = {"VACCINPORTEN_ENV": "development", "SECRET_KEY": SECRET}
POSTGRES = "postgresql+psycopg://user:hidden-word@db.example.org:5432/vaccinporten"
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def complaint(environ: dict[str, str]) -> str:
    with pytest.raises(BadSettings) as caught:
        read_settings(environ)
    line = str(caught.value)
    assert "\n" not in line
    assert line.isprintable()
    return line


def test_the_least_that_production_needs():
    settings = read_settings(LIVE)
    assert settings.production
    assert settings.secret == SECRET.encode()
    assert settings.base_url == "https://vaccin.example.org"
    assert settings.database_url == "sqlite:///var/vaccinporten.sqlite3"
    assert settings.sqlite_file == Path("var/vaccinporten.sqlite3")
    assert (settings.port, settings.web_concurrency, settings.trusted_proxies) == (8000, 2, 0)
    assert settings.tile_url is settings.tile_attribution is settings.support_phone is settings.operator_name is None


def test_everything_that_can_be_said():
    settings = read_settings(
        {
            **LIVE,
            "VACCINPORTEN_ENV": "production",
            "DATABASE_URL": POSTGRES,
            "VACCINPORTEN_TRUSTED_PROXIES": "2",
            "PORT": "8080",
            "WEB_CONCURRENCY": "4",
            "VACCINPORTEN_TILE_URL": "https://tiles.example.org/{z}/{x}/{y}.png",
            "VACCINPORTEN_TILE_ATTRIBUTION": "© Kartmakarna",
            "VACCINPORTEN_SUPPORT_PHONE": "08-123 45 67",
            "VACCINPORTEN_SUPPORT_EMAIL": "hjalp@example.org",
            "VACCINPORTEN_OPERATOR": "Region Exempel",
            "VACCINPORTEN_HOLD_MINUTES": "15",
            "VACCINPORTEN_LANGUAGES": "ar, sv",
        }
    )
    assert settings.languages == ("ar", "sv")
    assert settings.hold_minutes == 15
    assert settings.database_url == POSTGRES
    assert settings.sqlite_file is None
    assert (settings.trusted_proxies, settings.port, settings.web_concurrency) == (2, 8080, 4)
    assert settings.tile_url == "https://tiles.example.org/{z}/{x}/{y}.png"
    assert settings.tile_attribution == "© Kartmakarna"
    assert (settings.support_phone, settings.operator_name) == ("08-123 45 67", "Region Exempel")


def test_a_language_that_nobody_has_read_is_off_in_production_unless_somebody_wants_it():
    assert read_settings(LIVE).languages == tuple(code for code, one in LANGUAGES.items() if one.source or one.reviewed)
    assert read_settings(HERE).languages == tuple(LANGUAGES) == ("sv", "en", "fi", "ar")
    assert read_settings(LIVE | {"VACCINPORTEN_LANGUAGES": "sv,fi"}).languages == ("sv", "fi")


def test_names_of_others_are_left_alone():
    assert read_settings({**LIVE, "HOME": "/root", "LANG": "sv_SE.UTF-8"}).production


def test_a_misspelt_name_is_named():
    assert "VACCINPORTEN_TRUSTED_PROXY" in complaint({**LIVE, "VACCINPORTEN_TRUSTED_PROXY": "1"})


def test_a_name_that_would_break_the_line_does_not():
    assert "VACCINPORTEN_X" in complaint({**LIVE, "VACCINPORTEN_X\nY": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VACCINPORTEN_ENV", "prod"),
        ("VACCINPORTEN_ENV", ""),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80a"),
        ("PORT", " 80"),
        ("PORT", "+80"),
        ("PORT", "８０"),
        ("PORT", ""),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "1_0"),
        ("VACCINPORTEN_TRUSTED_PROXIES", "-1"),
        ("VACCINPORTEN_TRUSTED_PROXIES", "*"),
        ("VACCINPORTEN_BASE_URL", "http://vaccin.example.org"),
        ("VACCINPORTEN_BASE_URL", "vaccin.example.org"),
        ("VACCINPORTEN_BASE_URL", "https://"),
        ("VACCINPORTEN_BASE_URL", "https://vaccin.example.org/portal"),
        ("VACCINPORTEN_BASE_URL", "https://vaccin.example.org?x=1"),
        ("VACCINPORTEN_BASE_URL", "https://user:word@vaccin.example.org"),
        ("VACCINPORTEN_BASE_URL", "https://vaccin example.org"),
        ("VACCINPORTEN_BASE_URL", "https://vaccin.example.org:99999"),
        ("VACCINPORTEN_BASE_URL", "https://[::1"),
        ("VACCINPORTEN_BASE_URL", ""),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://user:hidden-word@db/vaccinporten"),
        ("DATABASE_URL", "postgresql://user:hidden-word@db/vaccinporten"),
        ("DATABASE_URL", "postgresql+psycopg://user:hidden-word@db"),
        ("DATABASE_URL", "postgresql+psycopg://user:hidden-word@db:port/vaccinporten"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://var/data.sqlite3"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///var/data.sqlite3?mode=ro"),
        ("DATABASE_URL", "sqlite:///var/"),
        ("VACCINPORTEN_SUPPORT_PHONE", "ring oss"),
        ("VACCINPORTEN_SUPPORT_EMAIL", "hjalp"),
        ("VACCINPORTEN_LANGUAGES", "en"),
        ("VACCINPORTEN_LANGUAGES", "sv,tlh"),
        ("VACCINPORTEN_LANGUAGES", "sv,sv"),
        ("VACCINPORTEN_HOLD_MINUTES", "1"),
        ("VACCINPORTEN_HOLD_MINUTES", "61"),
        ("VACCINPORTEN_HOLD_MINUTES", "tio"),
        ("VACCINPORTEN_OPERATOR", " "),
        ("VACCINPORTEN_OPERATOR", "Region\nExempel"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "x" * 31),
    ],
)
def test_a_malformed_value_is_refused_by_name(name, value):
    line = complaint({**LIVE, name: value})
    assert line.startswith(f"{name}: ")
    assert "hidden-word" not in line


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example.org/{z}/{x}.png",
        "https://tiles.example.org/{z}/{x}/{y}/{key}.png",
        "https://{s}.tiles.example.org/{z}/{x}/{y}.png",
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "/tiles/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}/{y}.png; script-src *",
    ],
)
def test_tiles_need_a_whole_template(url):
    line = complaint({**LIVE, "VACCINPORTEN_TILE_URL": url, "VACCINPORTEN_TILE_ATTRIBUTION": "© Kartmakarna"})
    assert line.startswith("VACCINPORTEN_TILE_URL: ")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"VACCINPORTEN_TILE_URL": "https://tiles.example.org/{z}/{x}/{y}.png"}, "VACCINPORTEN_TILE_ATTRIBUTION"),
        ({"VACCINPORTEN_TILE_ATTRIBUTION": "© Kartmakarna"}, "VACCINPORTEN_TILE_URL"),
    ],
)
def test_tiles_and_thanks_go_together(given, missing):
    assert complaint({**LIVE, **given}).startswith(f"{missing}: ")


@pytest.mark.parametrize("missing", ["SECRET_KEY", "VACCINPORTEN_BASE_URL"])
def test_production_refuses_to_start_without(missing):
    assert complaint({name: value for name, value in LIVE.items() if name != missing}).startswith(f"{missing}: ")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://vaccin.example.org/", "https://vaccin.example.org"),
        ("https://Vaccin.Example.Org:8443", "https://vaccin.example.org:8443"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_the_base_address_in_its_one_form(given, kept):
    assert read_settings({**LIVE, "VACCINPORTEN_BASE_URL": given}).base_url == kept


def test_development_stands_on_its_own_port():
    assert read_settings({**HERE, "PORT": "8123"}).base_url == "http://127.0.0.1:8123"


def test_development_may_be_reached_without_tls():
    assert read_settings({**HERE, "VACCINPORTEN_BASE_URL": "http://10.0.0.5:8000"}).base_url == "http://10.0.0.5:8000"


# --- secrets by file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_a_secret_may_come_by_file(tmp_path, name):
    value = {"SECRET_KEY": SECRET, "DATABASE_URL": POSTGRES}[name]
    file = tmp_path / "secret"
    file.write_text(value + "\n")
    environ = {key: kept for key, kept in LIVE.items() if key != name}
    settings = read_settings({**environ, f"{name}_FILE": str(file)})
    assert value in (settings.secret.decode(), settings.database_url)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_both_ways_at_once_is_an_error(tmp_path, name):
    file = tmp_path / "secret"
    file.write_text("hidden-word")
    line = complaint({**LIVE, name: SECRET, f"{name}_FILE": str(file)})
    assert line.startswith(f"{name}: ")
    assert f"{name}_FILE" in line


def test_a_missing_file_is_named_by_its_variable_alone():
    """Somebody may have put the secret where its file was meant."""
    environ = {**LIVE, "SECRET_KEY_FILE": "hidden-word"}
    del environ["SECRET_KEY"]
    line = complaint(environ)
    assert line.startswith("SECRET_KEY_FILE: ")
    assert "hidden-word" not in line


def test_a_short_secret_by_file_is_too_short_without_its_line_break(tmp_path):
    file = tmp_path / "secret"
    file.write_text("x" * 31 + "\n\n")
    environ = {**LIVE, "SECRET_KEY_FILE": str(file)}
    del environ["SECRET_KEY"]
    assert complaint(environ).startswith("SECRET_KEY: ")


def test_settings_do_not_show_their_secrets():
    shown = repr(read_settings({**LIVE, "DATABASE_URL": POSTGRES}))
    assert SECRET not in shown
    assert "hidden-word" not in shown


# --- the secret of development ----------------------------------------------------------------------------------------


def test_development_makes_a_secret_and_keeps_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = read_settings({"VACCINPORTEN_ENV": "development"}).secret
    assert len(made) >= 32
    assert read_settings({"VACCINPORTEN_ENV": "development"}).secret == made
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert sorted(file.name for file in (tmp_path / "var").iterdir()) == ["keys", "secret"]


def test_each_place_has_a_secret_of_its_own(tmp_path, monkeypatch):
    made = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        made.add(read_settings({"VACCINPORTEN_ENV": "development"}).secret)
    assert len(made) == 2


def test_production_makes_no_secret(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    complaint({"VACCINPORTEN_BASE_URL": "https://vaccin.example.org"})
    assert not list(tmp_path.iterdir())


# --- the book on them -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VARIABLES)
def test_each_setting_is_in_the_book(name):
    assert f"| `{name}` |" in OPERATIONS.read_text(encoding="utf-8")
