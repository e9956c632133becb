"""vaccinporten new-key, rotate-keys and remove-due: the keys of what people tell of their health, and how long it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from config.commands import main
from config.settings import VARIABLES
from journal_core.actor import LINK
from journal_core.declarations import queries, use_cases
from journal_core.declarations.form import About, Answer
from journal_core.declarations.model import Declaration, DeclarationAnswer, DeclarationRemoval
from journal_core.declarations.use_cases import Subject
from journal_core.keyring import read_keys
from journal_core.organisation.model import CareProvider
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import KEYS, KEYS_FILE, a_booking, an_offer
from tests.build.clocks import START
from tests.build.engines import url_of
from tests.build.forms import FORM

SAID = {"allergy": Answer(("no",)), "ill": Answer(("yes",), "Astma")}


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def command(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """In development, on a database with one declaration, with a file of keys that the test may change."""
    for name in (*VARIABLES, "SECRET_KEY_FILE", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    keys = tmp_path / "keys"
    keys.write_text(KEYS_FILE.read_text())
    for name, value in (
        ("VACCINPORTEN_ENV", "development"),
        ("SECRET_KEY", "correct-horse-battery-staple-0123456789"),
        ("VACCINPORTEN_KEYS_FILE", str(keys)),
        ("DATABASE_URL", url_of(database)),
    ):
        monkeypatch.setenv(name, value)
    return lambda *words: Said(main(list(words)), *capsys.readouterr())


@pytest.fixture
def declared(database: Database) -> int:
    with database.writing() as session:
        offer = an_offer(session)
        definition = use_cases.define(session, offer.clinic.unit.provider_id, "Vaccination", "", FORM, 30, START)
        visit = a_booking(session, offer, coming=(cast.BOOKER.coming,)).visits[0]
        subject = Subject(visit.person_id, offer.clinic.unit.provider_id, offer.clinic.id, About(40), visit.id)
        made = use_cases.begin(session, LINK, queries.newest(session, definition.id), subject, None, START)
        use_cases.answer(session, KEYS, made, SAID, "sv", None, START)
        use_cases.send(session, LINK, KEYS, made, START - timedelta(days=4000))
        return made.id


def test_a_new_key_is_put_first_and_everything_is_sealed_with_it(
    command: Callable[..., Said], database: Database, declared: int, tmp_path: Path
) -> None:
    line = command("new-key", "2027-01")
    assert line.code == 0
    file = tmp_path / "keys"
    file.write_text(line.out + file.read_text())
    assert command("rotate-keys").out == "Sealed 3 values anew with key 2027-01.\n"
    assert command("rotate-keys").out == "Sealed 0 values anew with key 2027-01.\n"
    file.write_text(line.out)
    with database.reading() as session:
        told = use_cases.told(read_keys(line.out), session.get_one(Declaration, declared))
    assert told["ill"].answer == SAID["ill"]


def test_a_lost_key_is_named_and_nothing_is_changed(
    command: Callable[..., Said], database: Database, declared: int, tmp_path: Path
) -> None:
    (tmp_path / "keys").write_text(command("new-key", "other").out)
    said = command("rotate-keys")
    assert said.code == 1 and "key test is missing" in said.err and said.err.count("\n") == 1
    with database.reading() as session:
        assert use_cases.told(KEYS, session.get_one(Declaration, declared))["ill"].answer == SAID["ill"]


def test_one_that_is_spoilt_is_named_and_all_others_are_sealed_anew(
    command: Callable[..., Said], database: Database, declared: int, tmp_path: Path
) -> None:
    file = tmp_path / "keys"
    file.write_text(command("new-key", "2027-01").out + file.read_text())
    with database.writing() as session:
        spoilt = update(DeclarationAnswer).where(DeclarationAnswer.question == "ill")
        session.execute(spoilt.values(answer=KEYS.seal("elsewhere", "{}")))
    for sealed in (2, 0):
        said = command("rotate-keys")
        assert said.code == 1 and f"declaration-answer:{declared}:ill does not open" in said.err
        assert said.out == f"Sealed {sealed} values anew with key 2027-01.\n" and said.err.count("\n") == 1


@pytest.mark.parametrize("name", ["", "två ord", "x" * 21])
def test_what_is_no_name_for_a_key_is_refused(command: Callable[..., Said], name: str) -> None:
    assert command("new-key", name).code == 1


def test_what_is_kept_no_longer_is_removed(command: Callable[..., Said], database: Database, declared: int) -> None:
    assert command("remove-due").out == "Removed 0 declarations.\n"
    with database.writing() as session:
        session.scalars(select(CareProvider)).one().declarations_kept_months = 120
    assert command("remove-due").out == "Removed 1 declaration.\n"
    with database.reading() as session:
        assert session.get(Declaration, declared) is None
        assert session.scalars(select(DeclarationRemoval)).one().count == 1
