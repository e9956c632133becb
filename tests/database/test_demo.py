"""The demo region and the generator: what they promise to those who try the program."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping, func, inspect, select
from sqlalchemy.orm import Session

from config.demo import generate as generating
from config.demo.build import NotEmpty
from config.demo.chooser import PEOPLE
from config.demo.families import NUMBER_OF_DARYNA, SIGNE, demo_register
from config.demo.fill import fill, is_demo, top_up
from config.demo.generate import generate
from config.demo.people import DARYNA, ELSA, JOHAN, NEIGHBOURS, NILS, OSKAR, SARA, SVEN, VERA
from config.demo.region import CLINICS
from journal_core.actor import SYSTEM
from journal_core.arrivals.merging import take_in
from journal_core.arrivals.model import Arrival
from journal_core.booking import queries as bookings
from journal_core.booking.model import Booking, Visit
from journal_core.booking.placement import grid, starts_of
from journal_core.booking.rules import Time, lane
from journal_core.booking.use_cases import Tools, link_of
from journal_core.catalogue.model import Book, ProviderReason, Reason, ReasonKind, VisitCategory, VisitType
from journal_core.catalogue.rules import ConsentNeed, consent_asked_of
from journal_core.clock import age_on, local
from journal_core.consent.model import Answer, ConsentRequest
from journal_core.consent.rules import last
from journal_core.crypto import Vault
from journal_core.mapping import Mapped
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from journal_core.organisation.model import Clinic, PolicyText
from journal_core.persons import queries as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import read_identity
from journal_core.schedule.model import OpenedTime, Opening
from journal_core.schedule.rules import Stretch
from journal_core.staff.model import Assignment, StaffAccount
from journal_core.transaction import Database
from tests.build import engines
from tests.build.builders import KEYS, the_tools

FRIDAY_NOON = datetime(2026, 11, 20, 11, 5, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATE_EVENING = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DAY_BEFORE_CHRISTMAS_EVE = datetime(2026, 12, 23, 21, 0, tzinfo=UTC)
RANDOM_COLUMNS = {"link_hash", "link", "arrival_hash", "arrival_link", "text"}


@pytest.fixture(scope="module")
def region(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The region on a Friday just after noon; only to be read."""
    with engines.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("region")) as database:
        filled(database, the_tools())
        yield database


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small country comes in several, as a large one does."""
    monkeypatch.setattr(generating, "AT_ONCE", 50)


def filled(database: Database, tools: Tools, now: datetime = FRIDAY_NOON) -> None:
    with database.writing() as session:
        fill(session, tools.vault, KEYS, tools.post, now)


def generated(database: Database, vault: Vault, share: float = 0.5, seed: int = 7) -> None:
    with database.writing() as session:
        generate(session, vault, clinics=5, days=10, resources=2, filled=share, seed=seed, now=FRIDAY_NOON)


def all_clinics(session: Session) -> list[Clinic]:
    return organisation.clinics(session, session.scalars(select(Clinic.id)).all())


def opened_rows(session: Session) -> list[tuple[Any, ...]]:
    columns = (OpenedTime.clinic_id, OpenedTime.book, OpenedTime.resource, OpenedTime.day, OpenedTime.start_minute)
    return sorted(tuple(row) for row in session.execute(select(*columns, OpenedTime.end_minute)))


def opened_days(session: Session) -> set[date]:
    return set(session.scalars(select(OpenedTime.day).distinct()))


def test_only_an_empty_database_is_filled(database: Database, tools: Tools):
    filled(database, tools)
    with database.writing() as session, pytest.raises(NotEmpty):
        fill(session, tools.vault, KEYS, tools.post, FRIDAY_NOON)
    with pytest.raises(NotEmpty):
        generated(database, tools.vault)


def test_the_demo_knows_itself(database: Database, tools: Tools):
    with database.reading() as session:
        assert not is_demo(session)
    filled(database, tools)
    with database.reading() as session:
        assert is_demo(session)


def test_clinics_are_many_and_various(region: Database):
    with region.reading() as session:
        clinics = all_clinics(session)
        bookable = [clinic for clinic in clinics if rules.can_be_booked_online(clinic)]
        assert len(bookable) >= 14
        assert len({clinic.colour for clinic in clinics}) == len(clinics)
        assert [rules.is_listed(clinic) for clinic in bookable].count(False) == 1
        unbookable = [clinic for clinic in clinics if not rules.can_be_booked_online(clinic)]
        assert sorted(rules.is_active(clinic) for clinic in unbookable) == [False, True]
        assert [rules.allows_online_cancellation(clinic) for clinic in clinics].count(False) == 1
        assert [clinic.start_step_minutes for clinic in clinics if clinic.start_step_minutes] == [10]
        assert {rules.offers_drop_in(clinic) for clinic in bookable} == {True, False}
        assert {clinic.public_unit for clinic in bookable} == {True, False}
        assert sum(rules.takes_arrivals(clinic) for clinic in bookable) >= len(bookable) - 2


def test_offers_are_of_all_sorts(region: Database):
    with region.reading() as session:
        assert set(session.scalars(select(Reason.kind))) == set(ReasonKind)
        types = session.scalars(select(VisitType)).all()
        assert {kind.book for kind in types} == set(Book)
        assert {1, 2, 5} <= {kind.persons for kind in types}
        assert any(kind.drop_in for kind in types)
        assert any(session.scalars(select(VisitCategory.invisible_online)))
        assert session.scalar(select(func.count()).select_from(PolicyText)) == 1


@pytest.mark.parametrize("slug", ["covid-19", "vattkoppor"])
def test_eid_is_demanded_by_one_person_at_a_time(region: Database, slug: str):
    with region.reading() as session:
        reason = session.scalars(select(Reason).where(Reason.slug == slug)).one()
        demands = select(ProviderReason.reason_id).where(ProviderReason.eid_demanded)
        assert reason.id in session.scalars(demands).all()
        assert reason.kind in (ReasonKind.VACCINATION, ReasonKind.TRAVEL)
        categories = session.scalars(select(VisitCategory).where(VisitCategory.reason_id == reason.id)).all()
        assert categories
        for category in categories:
            assert category.clinic.eid_booking
            assert {kind.persons for kind in category.types} == {1}


def test_guardians_consent_to_one_reason_and_one_of_them_is_waited_for(region: Database):
    with region.reading() as session:
        [setting] = session.scalars(select(ProviderReason).where(ProviderReason.digital_consent))
        requests = session.scalars(select(ConsentRequest).order_by(ConsentRequest.id)).all()
        assert [last(request) for request in requests] == [Answer.GIVEN, Answer.ASKED]
        [visit] = {request.visit for request in requests}
        clinic = visit.booking.clinic
        assert consent_asked_of(clinic, setting, visit.person.birth_date, visit.booking.day) is ConsentNeed.DIGITAL
        text = requests[0].events[-1].text
        assert text is not None and text.text.startswith("Jag är vårdnadshavare")


@pytest.mark.parametrize("now", [FRIDAY_NOON, SATURDAY, DAY_BEFORE_CHRISTMAS_EVE])
def test_every_bookable_clinic_is_open_in_each_of_eight_weeks(sqlite_database: Database, tools: Tools, now: datetime):
    filled(sqlite_database, tools, now)
    today = local(now).date()
    with sqlite_database.reading() as session:
        for clinic in all_clinics(session):
            days = session.scalars(select(OpenedTime.day).where(OpenedTime.clinic_id == clinic.id)).all()
            weeks = {(day - today).days // 7 for day in days}
            assert weeks >= set(range(8)) if rules.can_be_booked_online(clinic) else not weeks


def test_nothing_is_open_on_holidays(region: Database):
    christmas_and_new_year = {date(2026, 12, day) for day in (24, 25, 26, 31)} | {date(2027, 1, 1), date(2027, 1, 6)}
    with region.reading() as session:
        assert not opened_days(session) & christmas_and_new_year
        assert date(2026, 12, 30) in opened_days(session)


def test_some_time_is_internal_some_in_the_evening_and_some_on_saturdays(region: Database):
    with region.reading() as session:
        assert any(session.scalars(select(Opening.internal)))
        assert session.scalar(select(func.max(OpenedTime.end_minute))) == 20 * 60
        assert any(day.weekday() == 5 for day in opened_days(session))


def test_opened_times_never_overlap_on_a_resource(region: Database):
    with region.reading() as session:
        lines = defaultdict(list)
        for clinic, book, resource, day, start, end in opened_rows(session):
            lines[clinic, book, resource, day].append((start, end))
    assert all(end <= start for spans in lines.values() for (_, end), (start, _) in pairwise(sorted(spans)))


def test_top_up_opens_what_is_missing_and_nothing_else(database: Database, tools: Tools):
    filled(database, tools)
    later = FRIDAY_NOON + timedelta(days=10)
    with database.reading() as session:
        before = opened_rows(session)
    with database.writing() as session:
        top_up(session, FRIDAY_NOON)
        assert opened_rows(session) == before
    with database.writing() as session:
        top_up(session, later)
        after = opened_rows(session)
        today = local(later).date()
        assert {(day - today).days // 7 for day in opened_days(session)} >= set(range(8))
        assert max(opened_days(session)) >= today + timedelta(weeks=8, days=-3)
    assert len(after) == len(set(after))
    assert set(before) < set(after)
    with database.writing() as session:
        top_up(session, later)
        assert opened_rows(session) == after


def test_top_up_after_months_opens_from_today_on(database: Database, tools: Tools):
    filled(database, tools)
    later = FRIDAY_NOON + timedelta(days=100)
    with database.writing() as session:
        last = max(opened_days(session))
        top_up(session, later)
        new = [row for row in opened_rows(session) if row[3] > last]
    assert min(row[3] for row in new) >= local(later).date()
    assert {row[0] for row in new} == {number for number, data in enumerate(CLINICS, start=1) if data.rota}


def test_what_staff_closed_stays_closed(database: Database, tools: Tools):
    filled(database, tools)
    closed = date(2026, 12, 1)
    with database.writing() as session:
        for row in session.scalars(select(OpenedTime).where(OpenedTime.day == closed)):
            session.delete(row)
    with database.writing() as session:
        top_up(session, FRIDAY_NOON + timedelta(days=2))
        assert closed not in opened_days(session)


def test_top_up_leaves_other_databases_alone(database: Database, vault: Vault):
    generated(database, vault)
    with database.writing() as session:
        before = opened_rows(session)
        top_up(session, FRIDAY_NOON)
        assert opened_rows(session) == before


@pytest.mark.parametrize("now", [FRIDAY_NOON, SATURDAY, LATE_EVENING, NIGHT, DAY_BEFORE_CHRISTMAS_EVE])
def test_the_staff_list_shows_something_at_any_hour(sqlite_database: Database, tools: Tools, now: datetime):
    filled(sqlite_database, tools, now)
    today = local(now).date()
    with sqlite_database.reading() as session:
        coming = session.scalars(select(Booking).where(Booking.day >= today).order_by(Booking.day)).all()
        assert len(coming) >= 15
        open_days = bookings.open_days(session, coming[0].clinic, coming[0].type, today, 2, now)
        for day in open_days:
            assert len(bookings.visits_of_day(session, coming[0].clinic_id, day)) >= 4


def test_some_have_come_and_some_are_inside_at_noon(region: Database):
    with region.reading() as session:
        arrivals = session.scalars(select(Arrival)).all()
        assert any(row.arrived_at and not row.started_at for row in arrivals)
        assert any(row.started_at and not row.done_at for row in arrivals)
        assert any(row.done_at for row in arrivals)
        assert any(row.no_show_at for row in arrivals)
        assert all(row.changed_at <= FRIDAY_NOON for row in arrivals)


def test_the_demos_bookings_can_be_opened_by_their_links(region: Database, tools: Tools):
    with region.reading() as session:
        for booking in session.scalars(select(Booking)):
            token = link_of(tools.vault, booking)
            assert tools.vault.hash("link", token) == booking.link_hash


def test_people_have_numbers_that_are_never_issued():
    numbers = [person.identified.number or "" for person in PEOPLE] + [human.number for human in NEIGHBOURS]
    assert_never_issued(numbers)
    assert len(set(numbers)) == len(numbers)
    assert any(int(number[6:8]) > 60 for number in numbers)


def assert_never_issued(numbers: Iterable[str]) -> None:
    for number in numbers:
        identity = read_identity(number, local(FRIDAY_NOON).date())
        assert identity.number == number
        assert number[8:11] in (("238", "239") if identity.born.year >= 1990 else ("980", "981"))


def test_the_demos_register_knows_everybody_and_their_families(sqlite_database: Database, tools: Tools):
    filled(sqlite_database, tools)
    register = demo_register()
    with sqlite_database.writing() as session:
        numbers = [number for number in session.scalars(select(Person.identity)) if number]
        told = register.persons([*numbers, SIGNE.number])
        assert set(told) == {*numbers, SIGNE.number}
        assert_never_issued({number for record in told.values() for number in (record.number, *record.earlier_numbers)})
        take_in(session, SYSTEM, told, list(told), FRIDAY_NOON)
    with sqlite_database.reading() as session:
        people = persons.by_identities(session, list(told))
        for parent in (JOHAN, SARA):
            children = [child.identity for _row, child in persons.children_of(session, people[parent.number].id)]
            assert children == [VERA.number, ELSA.number, NILS.number]
        assert persons.guardians_of(session, people[SIGNE.number].id) == []
        assert sum(person.protected for person in people.values()) == 2
        assert {people[who.number].deceased_on is not None for who in (SVEN, JOHAN)} == {True, False}
        assert people[OSKAR.number].emigrated_on is not None
        assert people[DARYNA.number].identity == NUMBER_OF_DARYNA


def test_residents_are_known_but_for_the_name_of_the_protected(region: Database):
    with region.reading() as session:
        known = {person.identity: person for person in session.scalars(select(Person))}
        for person in PEOPLE:
            row = known.get(person.identified.number)
            if person.staff:
                assert row is None
            elif row is not None and row.protected:
                assert row.given_name is None
            else:
                assert row is not None
                assert row.given_name == person.identified.given_name
        assert sum(person.protected for person in known.values()) == 1


def test_staff_have_assignments_at_several_clinics_and_at_the_inactive_one(region: Database):
    with region.reading() as session:
        accounts = session.scalars(select(StaffAccount)).all()
        assert {account.identity for account in accounts} == {p.identified.number for p in PEOPLE if p.staff}
        assert sorted(len(account.assignments) for account in accounts) == [1, 1, 1, 2, 2]
        assert any(row.clinic.activated_at is None for row in session.scalars(select(Assignment)))


def test_telephone_numbers_ring_nobody(region: Database):
    with region.reading() as session:
        phones = session.scalars(select(Clinic.phone)).all()
        mobiles = session.scalars(select(Booking.mobile).where(Booking.mobile.is_not(None))).all()
    assert all(phone and re.fullmatch(r"031-390 06 \d\d", phone) for phone in phones)
    assert mobiles
    assert all(mobile and re.fullmatch(r"\+467017406(0[5-9]|[1-9]\d)", mobile) for mobile in mobiles)


def content(session: Session, model: type[Mapped]) -> list[RowMapping]:
    """All rows of a table, but for what is random by purpose."""
    table = inspect(model).local_table
    columns = [column for column in table.columns if column.name not in RANDOM_COLUMNS]
    return list(session.execute(select(*columns).order_by(*columns)).mappings())


def test_the_same_seed_generates_the_same(sqlite_database: Database, postgres_database: Database, vault: Vault):
    contents: list[list[list[dict[str, Any]]]] = []
    for database in (sqlite_database, postgres_database):
        generated(database, vault)
        with database.reading() as session:
            models: Sequence[type[Mapped]] = (Clinic, VisitType, OpenedTime, Person, Booking, Visit)
            contents.append([sorted(map(dict, content(session, model)), key=_by_id) for model in models])
    assert contents[0] == contents[1]
    assert all(contents[0])


def test_a_batch_that_cannot_be_written_leaves_nothing(database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch):
    batches: list[int] = []
    insert_all = generating._insert_all

    def fail_later(connection: Connection, rows: Mapping[type[Mapped], Sequence[Any]]) -> None:
        batches.append(len(rows))
        if len(batches) == 3:
            raise OSError("no room left")
        insert_all(connection, rows)

    monkeypatch.setattr(generating, "_insert_all", fail_later)
    with pytest.raises(OSError, match="no room left"):
        generated(database, vault)
    assert len(batches) == 3
    with database.reading() as session:
        assert session.scalars(select(Clinic)).all() == []
        assert session.scalars(select(Booking)).all() == []


def _by_id(row: dict[str, Any]) -> int:
    number: int = row["id"]
    return number


def test_another_seed_generates_something_else(sqlite_database: Database, postgres_database: Database, vault: Vault):
    places = []
    for database, seed in ((sqlite_database, 1), (postgres_database, 2)):
        generated(database, vault, seed=seed)
        with database.reading() as session:
            places.append(session.scalars(select(Clinic.latitude).order_by(Clinic.id)).all())
    assert places[0] != places[1]


def test_generated_bookings_keep_the_rules(database: Database, vault: Vault):
    generated(database, vault)
    with database.reading() as session:
        opened = defaultdict(list)
        for clinic, book, resource, day, start, end in opened_rows(session):
            opened[clinic, book, day].append(Stretch(day, book, resource, start, end))
        made = session.scalars(select(Booking).options(*bookings.WHOLE_BOOKING)).all()
        spans = sorted((booking.lane_start or 0, booking.lane_end or 0) for booking in made)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        for booking in made:
            assert booking.resource is not None
            time, kind = Time(booking.day, booking.start_minute), booking.type
            span = lane(booking.clinic_id, booking.book, booking.resource, time, booking.minutes)
            assert span == (booking.lane_start, booking.lane_end)
            assert kind.category.clinic_id == booking.clinic_id
            stretches = opened[booking.clinic_id, booking.book, booking.day]
            own = [stretch for stretch in stretches if stretch.resource == booking.resource]
            assert any(booking.start_minute in starts_of(grid(one.start, one.end, kind.minutes, kind.minutes)) for one in own)
            assert 1 <= len(booking.visits) <= kind.persons
            for visit in booking.visits:
                age = age_on(visit.person.birth_date, booking.day)
                assert (kind.category.min_age or 0) <= age <= (kind.category.max_age or 150)


def test_generated_people_and_links_are_sound(database: Database, vault: Vault):
    generated(database, vault)
    with database.reading() as session:
        persons = session.scalars(select(Person)).all()
        assert_never_issued(person.identity for person in persons if person.identity)
        assert any(person.identity is None for person in persons)
        for booking in session.scalars(select(Booking).limit(20)):
            assert bookings.booking_by_link(session, vault.hash("link", link_of(vault, booking))) is booking


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_asked_for_is_booked(sqlite_database: Database, vault: Vault, share: float):
    generated(sqlite_database, vault, share)
    with sqlite_database.reading() as session:
        opened = session.scalar(select(func.sum(OpenedTime.end_minute - OpenedTime.start_minute))) or 0
        booked = session.scalar(select(func.sum(Booking.minutes))) or 0
    assert booked / opened == pytest.approx(share, abs=0.06)


def test_generated_times_are_open_each_day_on_each_resource(database: Database, vault: Vault):
    generated(database, vault)
    with database.reading() as session:
        for clinic in all_clinics(session):
            assert rules.can_be_booked_online(clinic)
            rows = session.execute(
                select(OpenedTime.day, OpenedTime.resource).where(OpenedTime.clinic_id == clinic.id, OpenedTime.book == Book.A)
            )
            assert len({tuple(row) for row in rows}) == 10 * 2


def test_bookings_go_on_after_the_generated_ones(database: Database, vault: Vault):
    """Ids given by the generator are not given again by the database."""
    generated(database, vault)
    with database.writing() as session:
        newest = session.scalars(select(Person).order_by(Person.id.desc())).first()
        assert newest is not None
        person = Person(identity_kind=newest.identity_kind.NONE, birth_date=newest.birth_date, created_at=FRIDAY_NOON)
        session.add(person)
        session.flush()
        assert person.id > newest.id
