"""Which e-IDs are on, in which order they are shown, and how they are reached: a TOML file, strictly read.

config/deployment/eids.example.toml shows one. What is not understood stops the start with one line that names it. Values are
never repeated in it: a secret may stand there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

AUDIENCES = frozenset({"residents", "staff"})
LEVELS = (2, 3, 4)
COMMON = frozenset({"name", "kind", "label", "for"})
BANKID = frozenset({"address", "certificate", "key", "authority"})
OPENID = frozenset(
    {"issuer", "client_id", "client_secret_file", "level", "scopes", "acr_values", "level_claim", "levels", "hsa"}
)
OPTIONAL = frozenset({"acr_values", "level_claim", "levels", "hsa"})
NEEDED = {"bankid": BANKID, "openid": OPENID - OPTIONAL}
TAKEN = {"bankid": BANKID, "openid": OPENID}
Common = tuple[str, str, str, frozenset[str]]
"""Name, kind, label, audiences."""
INTRO = {
    "sv": "Du legitimerar dig hos **Vaccinporten**.\n\nHar någon ringt och bett dig göra det? Avbryt.",
    "en": "You identify yourself to **Vaccinporten**.\n\nHas somebody called and asked you to? Cancel.",
}
"""What BankID's app shows, by language."""
RESERVED = frozenset({"testperson", "bankid-ovning"})
"""Names of development's stand-ins."""


class BadEids(ValueError):
    """One line that names what is wrong, without the name of the setting."""


@dataclass(frozen=True)
class EidSetting:
    """One e-ID that is on."""

    name: str
    kind: str
    """bankid or openid."""
    label: str
    audiences: frozenset[str]
    address: str
    """BankID's base address, or an OpenID provider's issuer."""
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    level: int = 3
    scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] | None = None
    """None: the usual Swedish ones."""
    level_claim: str | None = None
    levels: Mapping[str, int] | None = None
    """How the provider spells its levels, where it doesn't use the usual names."""
    hsa: bool = False
    """Its HSA-ID finds staff."""


def read_eids(file: Path, *, production: bool) -> tuple[EidSetting, ...]:
    """In the file's order. Raises BadEids."""
    tables = _tables(file)
    found = tuple(_read(table, number, file.parent, production) for number, table in enumerate(tables, start=1))
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadEids(f"{twice}: stands there twice")
    return found


def _tables(file: Path) -> list[Mapping[str, Any]]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadEids(f"the file can't be read ({error.strerror})") from None
    except (ValueError, tomllib.TOMLDecodeError):
        raise BadEids("the file is no TOML") from None
    tables = read.pop("eid", None)
    if read or not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise BadEids("the file must hold [[eid]] tables and nothing else")
    return tables


def _read(table: Mapping[str, Any], number: int, folder: Path, production: bool) -> EidSetting:
    name, kind = table.get("name"), table.get("kind")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", name) or name in RESERVED:
        raise BadEids(f"[[eid]] {number}: name must be a-z, 0-9 and - (and not that of a stand-in)")
    if not isinstance(kind, str) or kind not in TAKEN:
        raise BadEids(f"{name}: kind must be bankid or openid")
    _check_keys(table, name, kind)
    audiences = table["for"]
    if not isinstance(audiences, list) or not audiences or not set(map(str, audiences)) <= AUDIENCES:
        raise BadEids(f'{name}: for must be ["residents"], ["staff"] or both')
    common = (name, kind, _text(table, name, "label"), frozenset(audiences))
    return _bankid(common, table, folder, production) if kind == "bankid" else _openid(common, table, folder, production)


def _check_keys(table: Mapping[str, Any], name: str, kind: str) -> None:
    unknown = sorted(set(table) - COMMON - TAKEN[kind])
    if unknown:
        raise BadEids(f"{name}: there is no {unknown[0] if unknown[0].isprintable() else ascii(unknown[0])} here")
    missing = sorted((COMMON | NEEDED[kind]) - set(table))
    if missing:
        raise BadEids(f"{name}: {missing[0]} is missing")


def _bankid(common: Common, table: Mapping[str, Any], folder: Path, production: bool) -> EidSetting:
    name = common[0]
    certificate, key, authority = (_file(table, name, part, folder) for part in ("certificate", "key", "authority"))
    return EidSetting(*common, _address(table, name, "address", production), certificate, key, authority)


def _openid(common: Common, table: Mapping[str, Any], folder: Path, production: bool) -> EidSetting:
    name, level = common[0], table["level"]
    if level not in LEVELS or isinstance(level, bool):
        raise BadEids(f"{name}: level must be 2, 3 or 4")
    secret = _file(table, name, "client_secret_file", folder).read_text(encoding="utf-8").strip()
    if not secret:
        raise BadEids(f"{name}: client_secret_file is empty")
    return EidSetting(
        *common,
        _address(table, name, "issuer", production),
        client_id=_text(table, name, "client_id"),
        client_secret=secret,
        level=level,
        scopes=_texts(table, name, "scopes"),
        acr_values=_texts(table, name, "acr_values", least=0) if "acr_values" in table else None,
        level_claim=_text(table, name, "level_claim") if "level_claim" in table else None,
        levels=_levels(table, name) if "levels" in table else None,
        hsa=_yes_or_no(table, name, "hsa"),
    )


def _text(table: Mapping[str, Any], name: str, key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise BadEids(f"{name}: {key} must be one line of text")
    return value.strip()


def _levels(table: Mapping[str, Any], name: str) -> Mapping[str, int]:
    values = table["levels"]
    if not isinstance(values, dict) or not values or not all(value in LEVELS for value in values.values()):
        raise BadEids(f"{name}: levels must give each of the provider's names 2, 3 or 4")
    return values


def _yes_or_no(table: Mapping[str, Any], name: str, key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise BadEids(f"{name}: {key} must be true or false")
    return value


def _texts(table: Mapping[str, Any], name: str, key: str, *, least: int = 1) -> tuple[str, ...]:
    values = table[key]
    if (
        not isinstance(values, list)
        or len(values) < least
        or not all(isinstance(v, str) and v and " " not in v for v in values)
    ):
        raise BadEids(f"{name}: {key} must be a list of words")
    return tuple(values)


def _address(table: Mapping[str, Any], name: str, key: str, production: bool) -> str:
    value = _text(table, name, key)
    parts = urlsplit(value)
    if parts.scheme not in (("https",) if production else ("http", "https")) or not parts.hostname or "@" in parts.netloc:
        raise BadEids(f"{name}: {key} must be an {'https' if production else 'http or https'} address")
    return value


def _file(table: Mapping[str, Any], name: str, key: str, folder: Path) -> Path:
    path = folder / _text(table, name, key)
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadEids(f"{name}: {key} names a file that can't be read") from None
    return path
