"""vaccinporten verify-capacity: finds everything that differs from the rows, nothing else, and mends it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from config.commands import main
from config.demo.fill import fill
from config.settings import VARIABLES
from journal_core.access.model import Draft
from journal_core.actor import SYSTEM
from journal_core.booking import loading, openings, summary, verification
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking, ClinicDay, Hold
from journal_core.booking.rules import lane
from journal_core.booking.use_cases import Tools
from journal_core.catalogue.model import Book
from journal_core.organisation.model import Clinic
from journal_core.schedule.model import OpenedTime
from journal_core.transaction import Database
from tests.build import cast
from tests.build.builders import KEYS, KEYS_FILE, MONDAY, Offer, a_booking, a_draft, a_time, an_offer
from tests.build.clocks import START, FixedClock
from tests.build.engines import url_of

HALF_PAST = 9 * 60 + 30
SPAN = (9 * 60, HALF_PAST)
"""Three times of ten minutes."""
ONE_ENGINE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the engine has no part in."""
NOBODY_THERE = "postgresql+psycopg://user:hidden-word@127.0.0.1:1/vaccinporten"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def kinds(self) -> list[str]:
        """What each line but the last says that differs."""
        return sorted(line.split(": ")[1].split(",")[0] for line in self.lines[:-1])


Verify = Callable[..., Said]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], clock: FixedClock
) -> Callable[..., Said]:
    """verify-capacity in development, at the tests' time; without a database of its own."""
    monkeypatch.chdir(tmp_path)
    for name in (*VARIABLES, "SECRET_KEY_FILE", "DATABASE_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VACCINPORTEN_ENV", "development")
    monkeypatch.setenv("SECRET_KEY", "correct-horse-battery-staple-0123456789")
    monkeypatch.setenv("VACCINPORTEN_KEYS_FILE", str(KEYS_FILE))
    monkeypatch.setattr("journal_core.clock.SystemClock", lambda: clock)
    return lambda *words: Said(main(["verify-capacity", *words]), *capsys.readouterr())


@pytest.fixture
def verify(command: Verify, database: Database, monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setenv("DATABASE_URL", url_of(database))
    return command


@dataclass(frozen=True)
class Scene:
    """Monday from nine to half past nine on two resources, with a booking at nine and a hold at ten past."""

    offer: Offer
    booked: Booking
    draft: Draft

    @property
    def day(self) -> str:
        return f"clinic {self.offer.clinic.id}, {MONDAY}"


@pytest.fixture
def scene(database: Database) -> Scene:
    return a_scene(database)


def a_scene(database: Database) -> Scene:
    with database.writing() as session:
        offer = an_offer(session, span=SPAN, resources=(1, 2))
        booked = a_booking(session, offer)
        draft = a_draft(session, offer)
        booking.hold(session, offer.clinic, offer.kind, a_time(9 * 60 + 10), draft.id, START)
    return Scene(offer, booked, draft)


def write(database: Database, statement: Any) -> None:
    """Past everything that keeps rows in order."""
    with database.writing() as session:
        session.connection().execute(statement)


def the_day(scene: Scene) -> Any:
    return update(table(ClinicDay)).where(table(ClinicDay).c.clinic_id == scene.offer.clinic.id)


def the_booking(scene: Scene) -> Any:
    return update(table(Booking)).where(table(Booking).c.id == scene.booked.id)


def table(model: type[Any]) -> Any:
    return model.__table__


# --- nothing differs -----------------------------------------------------------------------------------------------------


def test_the_demo_region_is_healthy(database: Database, verify: Verify, tools: Tools) -> None:
    with database.writing() as session:
        fill(session, tools.vault, KEYS, tools.post, START)
        clinics = session.scalar(select(func.count()).select_from(Clinic))
    assert verify() == Said(0, f"Looked at {clinics} clinics: no difference.\n", "")


@ONE_ENGINE
@pytest.mark.usefixtures("database")
def test_an_empty_database_is_healthy(verify: Verify) -> None:
    assert verify() == Said(0, "Looked at 0 clinics: no difference.\n", "")


@ONE_ENGINE
@pytest.mark.usefixtures("scene")
def test_what_is_healthy_is_only_read(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_database: Database) -> None:
        raise AssertionError("it kept others waiting")

    monkeypatch.setattr(Database, "writing", never)
    monkeypatch.setattr(Database, "rehearsing", never)
    assert verify("--repair") == Said(0, "Looked at 1 clinic: no difference.\n", "")


def test_holds_that_run_out_are_no_difference(database: Database, verify: Verify, scene: Scene, clock: FixedClock) -> None:
    with database.writing() as session:
        offer = scene.offer.within(session)
        draft = a_draft(session, offer)
        length = timedelta(minutes=5)
        booking.hold(session, offer.clinic, offer.kind, a_time(9 * 60 + 20), draft.id, START, length=length)
    for minutes in (0, 5, 10):
        clock.set(START + timedelta(minutes=minutes))
        assert verify() == Said(0, "Looked at 1 clinic: no difference.\n", ""), minutes


def test_bookings_that_no_resource_is_open_for_are_no_difference(database: Database, verify: Verify, scene: Scene) -> None:
    with database.writing() as session:
        clinic = scene.offer.within(session).clinic
        effect = openings.close(session, SYSTEM, clinic, list(session.scalars(select(OpenedTime.id))), START)
        assert effect.without == [scene.booked.id]
    assert verify().code == 0


# --- each difference -----------------------------------------------------------------------------------------------------


def _another_place(scene: Scene, resource: int) -> Any:
    start, end = lane(scene.offer.clinic.id, Book.A, resource, a_time(), 10)
    return the_booking(scene).values(resource=resource, lane_start=start, lane_end=end)


PLANTED: dict[str, tuple[Callable[[Scene], Any], str]] = {
    "hides what is free": (
        lambda scene: the_day(scene).values(free=summary.pack({scene.offer.kind.id: 0})),
        "free, type {kind} at 09:00, 09:10, 09:20",
    ),
    "says that nothing is open": (
        lambda scene: the_day(scene).values(free=b""),
        "free, type {kind} at 09:00, 09:10, 09:20",
    ),
    "shows what is taken once the hold has run out": (
        lambda scene: the_day(scene).values(free_after_holds=summary.pack({scene.offer.kind.id: 1 << 109})),
        "free after holds, type {kind} at 09:00, 09:05, 09:10, 09:20",
    ),
    "was never counted": (
        lambda scene: the_day(scene).values(free=None),
        "uncounted, the whole day",
    ),
    "has no row": (
        lambda scene: delete(table(ClinicDay)).where(table(ClinicDay).c.clinic_id == scene.offer.clinic.id),
        "uncounted, the whole day",
    ),
    "a booking where nothing is open": (
        lambda scene: _another_place(scene, 7),
        "resource, booking {booking} in book A",
    ),
    "a hold where nothing is open": (
        lambda scene: update(table(Hold)).where(table(Hold).c.draft_id == scene.draft.id).values(resource=7),
        "resource, a hold in book A",
    ),
    "a booking on the other side of the wall": (
        lambda scene: the_booking(scene).values(
            lane_start=table(Booking).c.lane_start + 60, lane_end=table(Booking).c.lane_end + 60
        ),
        "lane, booking {booking}",
    ),
    "a booking past the wall": (
        lambda scene: the_booking(scene).values(lane_start=None, lane_end=None),
        "lane, booking {booking}",
    ),
}


def test_each_difference_is_named_and_mended(database: Database, verify: Verify) -> None:
    """Each at a clinic of its own."""
    told = []
    for plant, line in PLANTED.values():
        scene = a_scene(database)
        write(database, plant(scene))
        told.append(f"{scene.day}: {line.format(kind=scene.offer.kind.id, booking=scene.booked.id)}")
    clinics, count = len(PLANTED), f"{len(told)} differences"
    for _ in range(2):  # Looking changes nothing.
        assert verify() == Said(1, "\n".join([*told, f"Looked at {clinics} clinics: {count}.", ""]), "")
    mended = f"Looked at {clinics} clinics: {count}, {len(told)} mended."
    assert verify("--repair") == Said(0, "\n".join([*told, mended, ""]), "")
    assert verify() == Said(0, f"Looked at {clinics} clinics: no difference.\n", "")
    with database.reading() as session:
        for each in session.scalars(select(Booking)):
            assert (each.day, each.start_minute, each.resource) == (MONDAY, 9 * 60, 1)
            assert (each.lane_start, each.lane_end) == lane(each.clinic_id, Book.A, 1, a_time(), 10)


def test_two_on_one_place_are_parted(database: Database, verify: Verify, scene: Scene) -> None:
    with database.writing() as session:
        second = a_booking(session, scene.offer, coming=(cast.STRANGER.coming,))
    write(database, update(table(Booking)).where(table(Booking).c.id == second.id).values(resource=1, lane_start=None))
    said = verify("--repair")
    assert (said.code, said.kinds) == (0, ["free", "free after holds", "lane", "resource"])
    assert said.lines[-1] == "Looked at 1 clinic: 4 differences, 4 mended."
    with database.reading() as session:
        assert set(session.scalars(select(Booking.resource))) == {1, 2}


@ONE_ENGINE
def test_a_type_that_is_open_but_full_differs_from_one_that_is_not_open(database: Database, verify: Verify) -> None:
    with database.writing() as session:
        offer = an_offer(session, span=(9 * 60, 9 * 60 + 10))
        a_booking(session, offer)
    write(database, update(table(ClinicDay)).values(free=b""))
    assert verify("--repair").lines[0] == f"clinic {offer.clinic.id}, {MONDAY}: free, type {offer.kind.id} at open or not"
    assert verify().code == 0


@ONE_ENGINE
def test_nobodys_data_are_told(database: Database, verify: Verify, scene: Scene) -> None:
    for plant, _line in PLANTED.values():
        write(database, plant(scene))
    out = verify("--repair").out
    personal = ("Maja", "Ekman", cast.BOOKER.number, "850314", "0701740605", scene.booked.code, scene.draft.id)
    assert [word for word in personal if word in out] == []


@ONE_ENGINE
def test_only_what_differs_is_mended(database: Database, verify: Verify, scene: Scene) -> None:
    other, third = a_scene(database), a_scene(database)
    for each in (scene, third):
        write(database, the_day(each).values(free=b""))
    before = versions(database)
    said = verify("--repair")
    assert [line.split(":")[0] for line in said.lines[:-1]] == [scene.day, third.day]
    assert said.lines[-1] == "Looked at 3 clinics: 2 differences, 2 mended."
    touched = {clinic for clinic, version in versions(database).items() if version != before[clinic]}
    assert touched == {scene.offer.clinic.id, third.offer.clinic.id} != {other.offer.clinic.id}


def versions(database: Database) -> dict[int, int]:
    with database.reading() as session:
        return {row.clinic_id: row.version for row in session.scalars(select(ClinicDay))}


@ONE_ENGINE
def test_each_clinic_is_mended_in_a_transaction_of_its_own(
    database: Database, verify: Verify, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = a_scene(database)
    for each in (scene, second):
        write(database, the_day(each).values(free=b""))
    mend = verification.repair

    def fail_at_the_second(session: Session, clinic: Clinic, now: datetime) -> None:
        mend(session, clinic, now)
        if clinic.id == second.offer.clinic.id:
            raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(verification, "repair", fail_at_the_second)
        assert verify("--repair").code == 1
    assert verify().lines[-1] == "Looked at 2 clinics: 1 difference."


@ONE_ENGINE
def test_what_could_not_be_mended_is_told(
    database: Database, verify: Verify, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(database, the_day(scene).values(free=b""))
    monkeypatch.setattr(verification, "repair", lambda *_: None)
    said = verify("--repair")
    assert said.code == 1
    assert said.lines[1].startswith(f"{scene.day}: still free, ")
    assert said.lines[-1] == "Looked at 1 clinic: 1 difference, 0 mended, 1 left."


# --- while bookings go on ------------------------------------------------------------------------------------------------


def test_a_booking_made_while_it_looks_is_no_false_alarm(
    database: Database, verify: Verify, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made after the rows were read and before what is written down of them."""
    with booked_after_the_first_read(database, scene, monkeypatch) as made:
        said = verify()
    assert len(made) == 1
    assert said == Said(0, "Looked at 1 clinic: no difference.\n", "")


@contextmanager
def booked_after_the_first_read(database: Database, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Booking]]:
    load, made = loading.load, list[Booking]()

    def read_then_book(session: Session, clinic: Clinic, days: Collection[date], now: datetime) -> loading.Loaded:
        loaded = load(session, clinic, days, now)
        monkeypatch.setattr(loading, "load", load)
        with database.writing() as other:
            made.append(a_booking(other, scene.offer, coming=(cast.STRANGER.coming,)))
        return loaded

    monkeypatch.setattr(loading, "load", read_then_book)
    yield made


def test_what_it_would_have_said_without_the_second_look(postgres_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the test above can fail."""
    scene = a_scene(postgres_database)
    with (
        booked_after_the_first_read(postgres_database, scene, monkeypatch),
        postgres_database.reading() as session,
    ):
        assert list(verification.differences(session, session.get_one(Clinic, scene.offer.clinic.id), START)) != []


# --- errors --------------------------------------------------------------------------------------------------------------


def is_one_line(said: Said) -> bool:
    return said.code != 0 and not said.out and said.err.startswith("vaccinporten: ") and said.err.count("\n") == 1


def test_without_a_database_it_says_so_in_one_line(command: Verify, tmp_path: Path) -> None:
    said = command()
    assert is_one_line(said)
    assert "vaccinporten migrate" in said.err
    assert not (tmp_path / "var").exists(), "it looked and made a database"


def test_a_database_that_is_not_migrated_is_one_line(command: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data.sqlite").touch()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///data.sqlite")
    assert is_one_line(command())


def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(
    command: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", NOBODY_THERE)
    said = command("--repair")
    assert is_one_line(said)
    assert "hidden-word" not in said.err


def test_an_unknown_word_is_one_line(command: Verify) -> None:
    assert is_one_line(command("--mend"))
