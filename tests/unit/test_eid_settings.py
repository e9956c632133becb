"""The file that says which e-IDs are on: what is understood, what stops the start, and that no secret is ever said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from config.declarations import bank
from config.eids import BadEids, read_eids
from config.opening import portal_options
from config.settings import BadSettings, read_settings
from journal_core.registers.bankid import BankId
from journal_core.registers.eid import AppId
from journal_core.registers.eid_development import DevelopmentEid
from journal_core.registers.openid import OpenId
from journal_core.transaction import Database
from portal.app import create_app
from portal.web.services import EidChoice
from portal.wiring import Options
from tests.build.builders import KEYS, KEYS_FILE

BANKID = """
[[eid]]
name = "bankid"
kind = "bankid"
label = "BankID"
for = ["residents", "staff"]
address = "https://appapi2.bankid.example/rp/v6.0/"
certificate = "rp.pem"
key = "rp.key"
authority = "ca.pem"
"""
FREJA = """
[[eid]]
name = "freja"
kind = "openid"
label = "Freja"
for = ["residents"]
issuer = "https://op.example.org"
client_id = "vaccinporten"
client_secret_file = "secret"
level = 3
scopes = ["openid"]
"""
SECRET = "nobody-may-see-this"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for name in ("rp.pem", "rp.key", "ca.pem"):
        (tmp_path / name).write_text("a certificate")
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    return tmp_path / "eids.toml"


def complaint(file: Path, text: str) -> str:
    file.write_text(text)
    with pytest.raises(BadEids) as caught:
        read_eids(file, production=True)
    line = str(caught.value)
    assert "\n" not in line and SECRET not in line
    return line


def test_they_come_in_the_files_order(file: Path) -> None:
    file.write_text(FREJA + BANKID)
    freja, bankid = read_eids(file, production=True)
    assert (freja.name, freja.label, freja.level, freja.client_secret) == ("freja", "Freja", 3, SECRET)
    assert bankid.key == file.parent / "rp.key" and bankid.audiences == {"residents", "staff"}
    assert SECRET not in repr(freja)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "[[eid]] tables"),
        ("not toml at all [", "no TOML"),
        (BANKID + "[extra]\na = 1\n", "nothing else"),
        (BANKID + BANKID, "bankid: stands there twice"),
        (BANKID.replace('name = "bankid"', 'name = "Bank ID"'), "[[eid]] 1: name"),
        (BANKID.replace('name = "bankid"', 'name = "testperson"'), "[[eid]] 1: name"),
        (BANKID.replace('kind = "bankid"', 'kind = "saml"'), "bankid: kind"),
        (BANKID.replace('key = "rp.key"', ""), "bankid: key is missing"),
        (BANKID.replace("rp.key", "elsewhere.key"), "bankid: key names a file"),
        (BANKID.replace("https://", "http://"), "bankid: address"),
        (BANKID.replace('["residents", "staff"]', '["everybody"]'), "bankid: for"),
        (BANKID + 'colour = "red"\n', "bankid: there is no colour here"),
        (FREJA.replace("level = 3", "level = 1"), "freja: level"),
        (FREJA.replace("level = 3", 'level = "3"'), "freja: level"),
        (FREJA.replace('["openid"]', '"openid"'), "freja: scopes"),
        (FREJA + "hsa = 1\n", "freja: hsa"),
        (FREJA + 'levels = { "LOA2" = 7 }\n', "freja: levels"),
        (FREJA.replace('label = "Freja"', 'label = ""'), "freja: label"),
        (FREJA + f'client_secret = "{SECRET}"\n', "freja: there is no client_secret here"),
    ],
)
def test_what_is_not_understood_is_named(file: Path, text: str, said: str) -> None:
    assert said in complaint(file, text)


def test_a_provider_may_spell_its_levels_in_its_own_way(file: Path) -> None:
    file.write_text(FREJA + 'acr_values = []\nlevel_claim = "loaLevel"\nlevels = { "LOA3" = 3 }\nhsa = true\n')
    [freja] = read_eids(file, production=True)
    assert (freja.acr_values, freja.level_claim, freja.levels, freja.hsa) == ((), "loaLevel", {"LOA3": 3}, True)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="VACCINPORTEN_EIDS: the file can't be read"):
        read_settings({"VACCINPORTEN_ENV": "development", "SECRET_KEY": "x", "VACCINPORTEN_EIDS": str(tmp_path / "none.toml")})


def test_development_takes_an_address_without_tls(file: Path) -> None:
    file.write_text(FREJA.replace("https://", "http://"))
    assert read_eids(file, production=False)[0].address == "http://op.example.org"


def test_what_is_configured_is_what_the_portal_offers(file: Path) -> None:
    file.write_text(FREJA + BANKID)
    settings = read_settings(
        {
            "SECRET_KEY": "x" * 40,
            "VACCINPORTEN_BASE_URL": "https://vaccin.example.org",
            "VACCINPORTEN_KEYS_FILE": str(KEYS_FILE),
            "VACCINPORTEN_EIDS": str(file),
        }
    )
    freja, bankid = portal_options(settings).eids
    assert (freja.name, freja.label, freja.residents, freja.staff) == ("freja", "Freja", True, False)
    assert isinstance(freja.eid, OpenId) and isinstance(bankid.eid, BankId) and isinstance(bankid.eid, AppId)
    assert (bankid.residents, bankid.staff) == (True, True)


def test_no_stand_in_runs_in_production(file: Path) -> None:
    options = Options(production=True, secret=b"x" * 40, base_url="https://vaccin.example.org", keys=KEYS, bank=bank())
    stand_in = EidChoice("bankid-ovning", "BankID", DevelopmentEid("x", "/x"), residents=True, staff=True)
    with pytest.raises(ValueError, match="stand-in"):
        create_app(replace(options, eids=[stand_in]), Database(f"sqlite:///{file.parent / 'x.sqlite3'}"))
