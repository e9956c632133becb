"""The settings, strictly read from the environment. What is not understood stops the start with one line that names it.

Values are never repeated in these lines: a secret may stand where another setting was meant.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from config.eids import BadEids, EidSetting, read_eids
from portal.web.languages import LANGUAGES, READY, SOURCE

if TYPE_CHECKING:
    from journal_core.keyring import Keyring

VARIABLES = {
    "VACCINPORTEN_ENV": "production (default) or development",
    "DATABASE_URL": "sqlite:///FILE or postgresql+psycopg://…; default sqlite:///var/vaccinporten.sqlite3",
    "SECRET_KEY": "at least 32 random characters; required in production",
    "VACCINPORTEN_KEYS_FILE": "file with the keys of health declarations, a line each as name:key; required in production",
    "VACCINPORTEN_BASE_URL": "the address that residents use; required in production, https",
    "VACCINPORTEN_TRUSTED_PROXIES": "how many proxies stand in front; default 0",
    "PORT": "port to listen on; default 8000",
    "WEB_CONCURRENCY": "number of worker processes; default 2",
    "VACCINPORTEN_TILE_URL": "map tiles, an address with {z}, {x} and {y}; default none",
    "VACCINPORTEN_TILE_ATTRIBUTION": "whom to thank for the tiles; goes with the above",
    "VACCINPORTEN_SUPPORT_PHONE": "telephone number for help with the service; default none",
    "VACCINPORTEN_SUPPORT_EMAIL": "e-mail address for help and for reports of what is hard to use; default none",
    "VACCINPORTEN_HOLD_MINUTES": "how long a chosen time is held while the form is filled, 2 to 60; default 10",
    "VACCINPORTEN_EIDS": "file that says which e-IDs are on, and in which order (TOML); default none",
    "VACCINPORTEN_LANGUAGES": "languages that are on, as sv,fi; default in production: those that a native speaker has read, "
    "in development: all",
    "VACCINPORTEN_OPERATOR": "who runs the service, shown at the foot of the pages; default none",
}
SECRETS = ("DATABASE_URL", "SECRET_KEY")
"""These may be given by file instead: the same name with _FILE."""
OURS = "VACCINPORTEN_"
SECRET_LENGTH = 32
DEVELOPMENT_SECRET = Path("var/secret")
DEVELOPMENT_KEYS = Path("var/keys")
LONGEST_TEXT = 200
TILE_PARTS = {"z", "x", "y"}


class BadSettings(ValueError):
    """One line that names what is wrong, fit to be shown: it holds no secret."""


@dataclass(frozen=True)
class Settings:
    production: bool
    database_url: str = field(repr=False)
    secret: bytes = field(repr=False)
    keys: Keyring
    base_url: str
    """Without trailing slash."""
    trusted_proxies: int
    port: int
    web_concurrency: int
    tile_url: str | None
    tile_attribution: str | None
    support_phone: str | None
    support_email: str | None
    operator_name: str | None
    hold_minutes: int
    languages: tuple[str, ...]
    """Codes, Swedish among them."""
    eids: tuple[EidSetting, ...]
    """In the order in which they are shown."""

    @property
    def sqlite_file(self) -> Path | None:
        """Where an SQLite database lies; None for PostgreSQL."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme == "sqlite" else None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Raises BadSettings. In development a missing secret is made and kept in var/secret."""
    _refuse_unknown(environ)
    production = _production(environ)
    port = _whole_number(environ, "PORT", 8000, 1, 65535)
    tile_url, tile_attribution = _tiles(environ, production)
    return Settings(
        production=production,
        database_url=_database_url(environ),
        secret=_secret(environ, production),
        keys=_keys(environ, production),
        base_url=_base_url(environ, production, port),
        trusted_proxies=_whole_number(environ, "VACCINPORTEN_TRUSTED_PROXIES", 0, 0, 10),
        port=port,
        web_concurrency=_whole_number(environ, "WEB_CONCURRENCY", 2, 1, 64),
        tile_url=tile_url,
        tile_attribution=tile_attribution,
        support_phone=_support_phone(environ),
        support_email=_support_email(environ),
        operator_name=_text(environ, "VACCINPORTEN_OPERATOR"),
        hold_minutes=_whole_number(environ, "VACCINPORTEN_HOLD_MINUTES", 10, 2, 60),
        languages=_languages(environ, production),
        eids=_eids(environ, production),
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith(OURS) and name not in VARIABLES:
            raise BadSettings(f"{_printable(name)}: there is no such setting")


def _keys(environ: Mapping[str, str], production: bool) -> Keyring:
    """In development a missing file is made, beside the secret."""
    from journal_core.keyring import BadKeys, new_line, read_keys  # which loads what only those need who read settings

    name = "VACCINPORTEN_KEYS_FILE"
    told = _text(environ, name)
    if told is None and production:
        raise BadSettings(f"{name}: is required in production; `vaccinporten new-key` writes a line for it")
    file = Path(told) if told else DEVELOPMENT_KEYS
    try:
        if told is None:
            _make_private_file(file, new_line("development"))
        return read_keys(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadSettings(f"{name}: the file can't be read") from None
    except BadKeys as wrong:
        raise BadSettings(f"{name}: {wrong}") from None


def _production(environ: Mapping[str, str]) -> bool:
    kind = _text(environ, "VACCINPORTEN_ENV") or "production"
    if kind not in ("production", "development"):
        raise BadSettings("VACCINPORTEN_ENV: must be production or development")
    return kind == "production"


# --- plain values ----------------------------------------------------------------------------------------------------


def _text(environ: Mapping[str, str], name: str) -> str | None:
    """One line of text, or None when the variable is not set."""
    value = environ.get(name)
    if value is None:
        return None
    if not value.strip():
        raise BadSettings(f"{name}: is empty; give it a value or remove it")
    if not value.isprintable() or len(value) > LONGEST_TEXT:
        raise BadSettings(f"{name}: must be one line of at most {LONGEST_TEXT} readable characters")
    return value.strip()


def _whole_number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environ.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
        raise BadSettings(f"{name}: must be a whole number from {least} to {most}")
    return int(value)


def _eids(environ: Mapping[str, str], production: bool) -> tuple[EidSetting, ...]:
    file = _text(environ, "VACCINPORTEN_EIDS")
    if file is None:
        return ()
    try:
        return read_eids(Path(file), production=production)
    except BadEids as wrong:
        raise BadSettings(f"VACCINPORTEN_EIDS: {wrong}") from None


def _languages(environ: Mapping[str, str], production: bool) -> tuple[str, ...]:
    name = "VACCINPORTEN_LANGUAGES"
    value = _text(environ, name)
    if value is None:
        return READY if production else tuple(LANGUAGES)
    wanted = [code.strip() for code in value.split(",")]
    if not set(wanted) <= set(LANGUAGES) or len(set(wanted)) < len(wanted):
        raise BadSettings(f"{name}: must be some of {','.join(LANGUAGES)}, separated by commas")
    if SOURCE not in wanted:
        raise BadSettings(f"{name}: must have {SOURCE}; the pages are written in it")
    return tuple(wanted)


def _support_phone(environ: Mapping[str, str]) -> str | None:
    phone = _text(environ, "VACCINPORTEN_SUPPORT_PHONE")
    if phone is not None and not re.fullmatch(r"\+?[0-9][0-9 -]{3,20}[0-9]", phone):
        raise BadSettings("VACCINPORTEN_SUPPORT_PHONE: must be a telephone number, as 08-123 45 67 or +46 8 123 45 67")
    return phone


def _support_email(environ: Mapping[str, str]) -> str | None:
    email = _text(environ, "VACCINPORTEN_SUPPORT_EMAIL")
    if email is not None and not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", email):
        raise BadSettings("VACCINPORTEN_SUPPORT_EMAIL: must be an e-mail address, as hjalp@example.org")
    return email


# --- addresses -------------------------------------------------------------------------------------------------------


def _base_url(environ: Mapping[str, str], production: bool, port: int) -> str:
    name = "VACCINPORTEN_BASE_URL"
    value = _text(environ, name)
    if value is None:
        if production:
            raise BadSettings(f"{name}: is required in production")
        return f"http://127.0.0.1:{port}"
    parts = _web_address(name, value, production)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadSettings(f"{name}: must be an address without a path, as https://vaccin.example.org")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _tiles(environ: Mapping[str, str], production: bool) -> tuple[str | None, str | None]:
    name, thanks = "VACCINPORTEN_TILE_URL", "VACCINPORTEN_TILE_ATTRIBUTION"
    url, attribution = _text(environ, name), _text(environ, thanks)
    if (url is None) != (attribution is None):
        raise BadSettings(f"{name if url is None else thanks}: is missing; {name} and {thanks} go together")
    if url is not None:
        parts = _web_address(name, url, production)
        found = re.findall(r"\{([^{}]*)\}", parts.path + parts.query)
        if set(found) != TILE_PARTS or set("{}") & set(parts.netloc + parts.fragment):
            raise BadSettings(f"{name}: must have {{z}}, {{x}} and {{y}} in its path, and no other part in braces")
    return url, attribution


def _web_address(name: str, value: str, production: bool) -> SplitResult:
    wrong = BadSettings(f"{name}: must be an {'https' if production else 'http or https'} address with a host")
    if re.search(r"[\s\\\"'<>;]", value):
        raise wrong
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in (("https",) if production else ("http", "https")) or port == 0:
        raise wrong
    if "@" in parts.netloc or not _is_host(parts.hostname or ""):
        raise wrong
    return parts


def _is_host(name: str) -> bool:
    if re.fullmatch(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*", name):
        return True
    try:
        IPv6Address(name)
    except AddressValueError:
        return False
    return True


# --- secrets ---------------------------------------------------------------------------------------------------------


def _given_or_by_file(environ: Mapping[str, str], name: str) -> str | None:
    by_file = f"{name}_FILE"
    if by_file not in environ:
        return environ.get(name)
    if name in environ:
        raise BadSettings(f"{name}: is set, and so is {by_file}; keep one of them")
    try:
        return Path(environ[by_file]).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise BadSettings(f"{by_file}: the file can't be read ({error.strerror})") from None
    except ValueError:
        raise BadSettings(f"{by_file}: the file can't be read (it is no text)") from None


def _database_url(environ: Mapping[str, str]) -> str:
    given = _given_or_by_file(environ, "DATABASE_URL")
    url = "sqlite:///var/vaccinporten.sqlite3" if given is None else given
    if url.startswith("sqlite:"):
        return _checked_sqlite(url)
    if url.startswith("postgresql+psycopg:"):
        return _checked_postgresql(url)
    raise BadSettings("DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://")


def _checked_sqlite(url: str) -> str:
    path = url.removeprefix("sqlite:///")
    if path == url or not path.isprintable() or not path.strip() or path.endswith("/"):
        raise BadSettings("DATABASE_URL: SQLite needs a file, as sqlite:///var/vaccinporten.sqlite3")
    if path.startswith((":memory:", "file:")) or set("?#%") & set(path):
        raise BadSettings("DATABASE_URL: SQLite takes the plain name of a file, without options")
    return url


def _checked_postgresql(url: str) -> str:
    from sqlalchemy.engine import make_url  # slow, and SQLite needs none of it
    from sqlalchemy.exc import ArgumentError

    try:
        database = make_url(url).database
    except (ArgumentError, ValueError):
        database = None
    if not database:
        raise BadSettings("DATABASE_URL: must read postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE")
    return url


def _secret(environ: Mapping[str, str], production: bool) -> bytes:
    given = _given_or_by_file(environ, "SECRET_KEY")
    if given is None and not production:
        given = _development_secret()
    if given is None:
        raise BadSettings("SECRET_KEY: is required in production, or SECRET_KEY_FILE")
    if len(given) < (SECRET_LENGTH if production else 1):
        raise BadSettings(f"SECRET_KEY: is too short; it needs at least {SECRET_LENGTH} characters")
    return given.encode(errors="surrogateescape")


def _development_secret() -> str:
    """The one made earlier, else a new one. Of two processes that make one at once, both take the same."""
    try:
        _make_private_file(DEVELOPMENT_SECRET, secrets.token_urlsafe(SECRET_LENGTH))
        return DEVELOPMENT_SECRET.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BadSettings(f"SECRET_KEY: {DEVELOPMENT_SECRET} can't be read or made; give SECRET_KEY") from None


def _make_private_file(wanted: Path, text: str) -> None:
    """Where there is none; of several programs that start at once, one makes it."""
    if wanted.exists():
        return
    wanted.parent.mkdir(parents=True, exist_ok=True)
    draft = wanted.with_name(f".{wanted.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    try:
        os.link(draft, wanted)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)
