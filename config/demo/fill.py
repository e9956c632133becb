"""Fills an empty database with the demo region, and keeps its times open as the weeks go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.demo.build import BuiltClinic, Provider, add_clinic, add_provider, refuse_unless_empty
from config.demo.declared import ask_for_declarations, tell_declarations
from config.demo.families import demo_register
from config.demo.opened import add_opening, eight_weeks, open_shift
from config.demo.people import COLLEAGUES, PLAN, RESIDENTS, Human, Planned
from config.demo.region import CLINICS, PROVIDER
from journal_core.access.model import Draft
from journal_core.access.use_cases import start_draft
from journal_core.actor import LINK, STRANGER, SYSTEM, Actor, ActorKind
from journal_core.arrivals import merging
from journal_core.arrivals import use_cases as arrivals
from journal_core.arrivals.model import Act
from journal_core.booking import queries as bookings
from journal_core.booking import use_cases as booking
from journal_core.booking.model import Booking
from journal_core.booking.openings import recount
from journal_core.booking.rules import Coming, Time, end_of, nearest, time_of
from journal_core.booking.use_cases import Order, Tools
from journal_core.catalogue.model import VisitType
from journal_core.catalogue.queries import provider_reasons
from journal_core.clock import local, minute_of
from journal_core.consent import use_cases as consent
from journal_core.consent.use_cases import Consent, Reading
from journal_core.crypto import Vault
from journal_core.keyring import Keyring
from journal_core.messages.use_cases import Post, Recipient
from journal_core.organisation.model import CareProvider, CareUnit, Clinic
from journal_core.persons import queries as known
from journal_core.persons import use_cases as persons
from journal_core.persons.model import Person
from journal_core.persons.rules import Identity, read_identity
from journal_core.schedule.model import FRAME_FIRST, FRAME_LAST, OpenedTime, Opening
from journal_core.staff.model import Assignment, Role, StaffAccount

SINCE = timedelta(days=400)
"""So long the region has been there."""
BOOKED_BEFORE = timedelta(days=3)
COMES_BEFORE = timedelta(minutes=20)
NO_SHOW_AFTER = timedelta(minutes=30)
CONSENT = Consent(
    Reading(
        f"Jag är vårdnadshavare för barnet och samtycker till att det vaccineras (Vattkoppor) hos {PROVIDER.name}. "
        "Jag kan ta tillbaka mitt samtycke fram till besöket. Barnets egen vilja räknas också.",
        "sv",
        "testperson",
    ),
    contacts={},
)
"""What a guardian in the plan has read, in the words of the page."""
PLAN_DAYS = 1 + max(planned.day for planned in PLAN)


@dataclass(frozen=True)
class Place:
    """Where the planned bookings stand, and who works there."""

    provider: Provider
    clinic: BuiltClinic
    nurse: Actor
    tools: Tools


def is_demo(session: Session) -> bool:
    return session.scalar(select(CareProvider.id).where(CareProvider.org_number == PROVIDER.org_number)) is not None


def fill(session: Session, vault: Vault, keys: Keyring, post: Post, now: datetime) -> None:
    """The whole region, in an empty database. Raises NotEmpty.

    The same every time for the same `now`, but for random links and booking codes.
    """
    refuse_unless_empty(session)
    since, today = now - SINCE, local(now).date()
    provider = add_provider(session, PROVIDER, since)
    clinics = {data.key: add_clinic(session, provider, data, since) for data in CLINICS}
    session.flush()
    for data in CLINICS:
        for shift in data.rota:
            open_shift(session, add_opening(session, clinics[data.key], shift), shift, eight_weeks(today))
        recount(session, clinics[data.key].row, eight_weeks(today), now)
    for human in RESIDENTS:
        _add_resident(session, human, since)
    staff = _add_staff(session, clinics, since)
    place = Place(provider, clinics[CLINICS[0].key], staff[CLINICS[0].key], Tools(vault, post))
    ask_for_declarations(session, provider.row, since)
    place.clinic.row.declaration_link = True
    _add_bookings(session, place, now)
    tell_declarations(session, keys, now)


def top_up(session: Session, now: datetime) -> None:
    """Opens what is missing of the coming eight weeks.

    An opening goes on where it ended: time that staff have closed in between stays closed, and an opening that they
    have renamed or removed is theirs.
    """
    # Locked, so that two programs that start together do not open the same time twice.
    lock = select(CareProvider.id).where(CareProvider.org_number == PROVIDER.org_number).with_for_update()
    provider_id = session.scalar(lock)
    if provider_id is None:
        return
    days = eight_weeks(local(now).date())
    rotas = dict(zip(_clinic_ids(session, provider_id), (data.rota for data in CLINICS), strict=False))
    added: dict[int, set[date]] = {}
    for opening, last in _openings_and_ends(session, provider_id):
        missing = [day for day in days if last is None or day > last]
        for shift in rotas.get(opening.clinic_id, ()) if missing else ():
            if shift.name == opening.name:
                open_shift(session, opening, shift, missing)
                added.setdefault(opening.clinic_id, set()).update(missing)
    for clinic_id, new_days in added.items():
        recount(session, session.get_one(Clinic, clinic_id), new_days, now)


def _clinic_ids(session: Session, provider_id: int) -> list[int]:
    """In the order in which they were made, which is that of the data: names may have changed since."""
    ids = select(Clinic.id).join(Clinic.unit).where(CareUnit.provider_id == provider_id).order_by(Clinic.id)
    return list(session.scalars(ids))


def _openings_and_ends(session: Session, provider_id: int) -> list[tuple[Opening, date | None]]:
    """Each opening with the last day on which it is open."""
    rows = session.execute(
        select(Opening, func.max(OpenedTime.day))
        .join(Clinic, Clinic.id == Opening.clinic_id)
        .join(Clinic.unit)
        .outerjoin(OpenedTime, OpenedTime.opening_id == Opening.id)
        .where(CareUnit.provider_id == provider_id)
        .group_by(Opening.id)
    )
    return [(opening, last) for opening, last in rows]


def _add_resident(session: Session, human: Human, now: datetime) -> None:
    """A person as the register knows them; of a protected one the journal has the number alone."""
    identity = _identity(human, now)
    if human.protected:
        persons.ensure(session, [identity], now)[identity.number].protected = True
    else:
        persons.told_by_eid(session, identity, human.given_name, human.family_name, now)


def _identity(human: Human, now: datetime) -> Identity:
    return read_identity(human.number, local(now).date())


def _add_staff(session: Session, clinics: Mapping[str, BuiltClinic], since: datetime) -> dict[str, Actor]:
    """Everybody who works there. Gives a nurse of each clinic that has one."""
    nurses: dict[str, Actor] = {}
    for colleague in COLLEAGUES:
        human = colleague.human
        account = StaffAccount(identity=human.number, name=f"{human.given_name} {human.family_name}", created_at=since)
        for duty in colleague.duties:
            row = Assignment(account=account, clinic=clinics[duty.clinic].row, role=duty.role, first_day=local(since).date())
            session.add(row)
            session.flush()
            if duty.role is Role.NURSE:
                nurses[duty.clinic] = Actor(ActorKind.STAFF, account.id, row.id)
    return nurses


def _add_bookings(session: Session, place: Place, now: datetime) -> None:
    """The planned bookings, made some days ago; what has happened to them since depends on the time of day."""
    kind = place.clinic.types[0]
    days = bookings.open_days(session, place.clinic.row, kind, local(now).date(), PLAN_DAYS, now)
    for planned in PLAN:
        made = _book(session, place, planned, days[planned.day], now)
        _live_through(session, place.nurse, made, now, comes=planned.comes)


def _book(session: Session, place: Place, planned: Planned, day: date, now: datetime) -> Booking:
    """Held and confirmed as from the resident's own form."""
    made_at = now - BOOKED_BEFORE
    clinic, kind = place.clinic.row, _type(place.clinic, planned)
    booker = planned.guardian or (planned.people[0] if planned.with_eid else None)
    draft = session.get_one(Draft, start_draft(session, place.tools.vault, "demo", clinic.id, {}, made_at))
    free = bookings.free_times(session, clinic, kind, [day], made_at)[day]
    [time] = nearest(free, _wanted(planned, day, now), 1)
    booking.hold(session, clinic, kind, time, draft.id, made_at)
    order = Order(
        clinic=clinic,
        kind=kind,
        coming=[_coming(human, made_at) for human in planned.people],
        recipient=Recipient(planned.channel, planned.mobile, None, "sv"),
        policy=place.provider.policy,
        booker=_identity(booker, made_at) if booker else None,
        setting=provider_reasons(session, place.provider.row.id).get(kind.category.reason_id),
        acting_for=_identity(planned.people[0], made_at) if planned.guardian else None,
    )
    guardians = _guardians(session, order, made_at)
    made = consent.confirm(
        session, _booker(session, order, made_at), place.tools, draft, order, guardians, CONSENT if guardians else None, made_at
    )
    return session.get_one(Booking, made)


def _guardians(session: Session, order: Order, now: datetime) -> list[Person]:
    """Of the child for whom somebody books, as the register tells."""
    if order.acting_for is None or order.booker is None:
        return []
    numbers = [order.booker.number, order.acting_for.number]
    merging.take_in(session, SYSTEM, demo_register().persons(numbers), numbers, now)
    child = persons.ensure(session, [order.acting_for], now)[order.acting_for.number]
    return [guardian for _told, guardian in known.guardians_of(session, child.id)]


def _type(clinic: BuiltClinic, planned: Planned) -> VisitType:
    """The smallest type for the reason in which everybody has room."""
    fitting = [
        kind
        for kind in clinic.types
        if kind.category.reason.slug == planned.reason
        and kind.persons >= len(planned.people)
        and not kind.category.invisible_online
    ]
    return min(fitting, key=lambda kind: kind.persons)


def _wanted(planned: Planned, day: date, now: datetime) -> Time:
    minute = planned.wanted if planned.from_now is None else minute_of(now) + planned.from_now
    return Time(day, min(max(minute, FRAME_FIRST), FRAME_LAST))


def _coming(human: Human, now: datetime) -> Coming:
    identity = _identity(human, now)
    return Coming(identity.born, human.given_name, human.family_name, identity)


def _booker(session: Session, order: Order, now: datetime) -> Actor:
    if order.booker is None:
        return STRANGER
    person = persons.ensure(session, [order.booker], now)[order.booker.number]
    return Actor(ActorKind.RESIDENT, person.id)


def _live_through(session: Session, nurse: Actor, made: Booking, now: datetime, *, comes: bool) -> None:
    """Registers what has happened by now: came, went in, was done; or did not come."""
    start = time_of(made).instant
    if comes and start - COMES_BEFORE <= now:
        arrivals.register(session, LINK, made.id, start - COMES_BEFORE)
    coming = ((Act.START, start), (Act.FINISH, end_of(made)))
    for act, when in coming if comes else ((Act.NO_SHOW, start + NO_SHOW_AFTER),):
        for visit in made.visits if when <= now else ():
            arrivals.change(session, nurse, visit, act, when)
