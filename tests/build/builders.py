"""What tests are made of, one word each. Everything has a sensible value; a test names only what it is about. Never random."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from journal_core.access import use_cases as drafts
from journal_core.access.model import Draft
from journal_core.actor import STRANGER, Actor, ActorKind
from journal_core.booking import openings, queries
from journal_core.booking import use_cases as booking
from journal_core.booking.changes import lay_open
from journal_core.booking.loading import OpenedRow
from journal_core.booking.model import Booking
from journal_core.booking.rules import Coming, Time
from journal_core.booking.use_cases import Order, Tools
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Book, ProviderReason, Reason, ReasonKind, VisitCategory, VisitType
from journal_core.crypto import Vault
from journal_core.keyring import read_keys
from journal_core.mapping import Mapped
from journal_core.messages.model import Channel, MessageKind
from journal_core.messages.use_cases import Post, Recipient, Text
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch, PolicyText
from journal_core.organisation.rules import search_key
from journal_core.persons.rules import Identity
from journal_core.schedule.model import Opening
from journal_core.schedule.rules import Stretch
from journal_core.staff.model import Assignment, Role, StaffAccount
from tests.build import cast
from tests.build.clocks import START

Row = TypeVar("Row", bound=Mapped)

SECRET = b"a secret for tests, long enough."
KEYS_FILE = Path(__file__).parents[1] / "files" / "keys"
KEYS = read_keys(KEYS_FILE.read_text())
OWNER = "a browser"
"""Whose drafts and passes they are, where the test doesn't care."""
TODAY = START.date()
MONDAY = date(2026, 11, 23)
"""The first working day after the tests' clock."""
MORNING = (9 * 60, 12 * 60)

PROVIDER_MODULES = (Module.IVT, Module.IVT_EID, Module.ARRIVAL_PROVIDER)
CLINIC_MODULES = (Module.API, Module.BOOKING, Module.DROP_IN, Module.ARRIVAL)


def compose(kind: MessageKind, way: Channel, facts: Mapping[str, object], language: str) -> Text:
    """In place of the door's words: the facts, joined, so that a test sees what a message could have said."""
    told = {name: value.name if isinstance(value, Clinic) else value for name, value in facts.items()}
    return Text(f"{kind} {way} {language}", "; ".join(f"{name}={value}" for name, value in sorted(told.items())))


def the_tools() -> Tools:
    vault = Vault(SECRET)
    return Tools(vault, Post(compose, vault))


def a_provider(session: Session, *, modules: Iterable[Module] = PROVIDER_MODULES, **overrides: Any) -> CareProvider:
    number = _next(session, CareProvider)
    values = {"name": f"Vårdgivare {number}", "org_number": f"559999-{number:04}", **overrides}
    provider = CareProvider(modules=[ModuleSwitch(module=module) for module in modules], **values)
    session.add(provider)
    session.flush()
    return provider


def a_policy(session: Session, provider: CareProvider, **overrides: Any) -> PolicyText:
    values = {"text": "Så behandlar vi dina personuppgifter.", "valid_from": START, **overrides}
    return _kept(session, PolicyText(provider_id=provider.id, **values))


def a_clinic(
    session: Session,
    *,
    provider: CareProvider | None = None,
    unit: CareUnit | None = None,
    modules: Iterable[Module] = CLINIC_MODULES,
    **overrides: Any,
) -> Clinic:
    """Active, visible, with every way in open. `modules` are its own; its provider has PROVIDER_MODULES."""
    number = _next(session, Clinic)
    if unit is None:
        unit = CareUnit(provider=provider or a_provider(session), name=f"Vårdenhet {number}")
    values = {
        "name": f"Mottagning {number}",
        "street": f"Storgatan {number}",
        "postcode": "302 43",
        "city": "Halmstad",
        "latitude": 56.67,
        "longitude": 12.86,
        "activated_at": START,
        "visible": True,
        "booking": True,
        "eid_booking": True,
        "drop_in": True,
        "arrival_booked": True,
        **overrides,
    }
    clinic = Clinic(unit=unit, modules=[ModuleSwitch(module=module) for module in modules], **values)
    clinic.search_key = search_key(clinic)
    return _kept(session, clinic)


def a_reason(session: Session, slug: str = "tbe", **overrides: Any) -> Reason:
    """The reason with this slug, made where the system has none."""
    found = session.scalar(select(Reason).where(Reason.slug == slug))
    if found is not None:
        return found
    values = {"name": slug.capitalize(), "kind": ReasonKind.VACCINATION, "position": _next(session, Reason), **overrides}
    return _kept(session, Reason(slug=slug, **values))


def a_demand_for_eid(session: Session, clinic: Clinic, reason: Reason) -> ProviderReason:
    """The clinic's provider demands e-ID for the reason."""
    provider_id = clinic.unit.provider_id
    return _kept(session, ProviderReason(provider_id=provider_id, reason_id=reason.id, eid_demanded=True))


def a_category(session: Session, clinic: Clinic, **overrides: Any) -> VisitCategory:
    """For TBE, for all ages."""
    reason = overrides.pop("reason", None) or a_reason(session)
    category = VisitCategory(clinic=clinic, reason=reason, **{"name": "Vaccination mot TBE", **overrides})
    return _kept(session, category)


def a_type(session: Session, category: VisitCategory, **overrides: Any) -> VisitType:
    """Ten minutes for one person, in book A."""
    values = {"name": "1 person", "minutes": 10, "persons": 1, "book": Book.A, **overrides}
    return _kept(session, VisitType(category=category, **values))


def open_time_for(
    session: Session,
    clinic: Clinic,
    kind: VisitType | Sequence[VisitType],
    days: Iterable[date] = (MONDAY,),
    span: tuple[int, int] = MORNING,
    resources: Iterable[int] = (1,),
    *,
    internal: bool = False,
) -> Opening:
    """Opens the span (minutes from midnight) on each day and resource, for one type or several of the same book."""
    kinds = [kind] if isinstance(kind, VisitType) else list(kind)
    opening = Opening(clinic_id=clinic.id, name="Öppet", internal=internal, types=kinds)
    session.add(opening)
    session.flush()
    on = list(days)
    lines = list(resources)
    stretches = [Stretch(day, kinds[0].book, line, *span) for day in on for line in lines]
    lay_open(session, clinic.id, [OpenedRow(opening.id, None, stretch) for stretch in stretches])
    openings.recount(session, clinic, on, START)
    return opening


@dataclass(frozen=True)
class Offer:
    """A clinic, one category and one type of it, and time opened for it."""

    clinic: Clinic
    category: VisitCategory
    kind: VisitType

    def within(self, session: Session) -> Offer:
        """The same, loaded in this session, as a door does before it asks the core for anything."""
        clinic = organisation.clinic(session, self.clinic.id)
        kind = catalogue.visit_type(session, self.kind.id, self.clinic.id)
        assert clinic is not None
        assert kind is not None
        return Offer(clinic, kind.category, kind)


def an_offer(
    session: Session,
    *,
    clinic: Clinic | None = None,
    days: Iterable[date] = (MONDAY,),
    span: tuple[int, int] = MORNING,
    resources: Iterable[int] = (1,),
    category: Mapping[str, Any] | None = None,
    **kind: Any,
) -> Offer:
    """Something to book. `category` and the other words override what a_category and a_type set."""
    clinic = a_clinic(session) if clinic is None else session.merge(clinic)
    made = a_category(session, clinic, **(category or {}))
    booked = a_type(session, made, **kind)
    open_time_for(session, clinic, booked, days, span, resources)
    return Offer(clinic, made, booked)


def a_time(minute: int = MORNING[0], day: date = MONDAY) -> Time:
    return Time(day, minute)


def a_draft(session: Session, offer: Offer, *, owner: str = OWNER, now: datetime = START, **content: Any) -> Draft:
    values = {"type": offer.kind.id, **content}
    return session.get_one(Draft, drafts.start_draft(session, Vault(SECRET), owner, offer.clinic.id, values, now))


def an_order(
    offer: Offer,
    *,
    coming: Sequence[Coming] = (cast.BOOKER.coming,),
    recipient: Recipient = cast.BOOKER.recipient,
    policy: PolicyText | None = None,
    booker: Identity | None = None,
    acting_for: Identity | None = None,
) -> Order:
    session = object_session(offer.clinic)
    setting = None
    if session is not None:
        settings = catalogue.provider_reasons(session, offer.clinic.unit.provider_id)
        setting = settings.get(offer.category.reason_id)
    return Order(offer.clinic, offer.kind, coming, recipient, policy, booker, setting, acting_for=acting_for)


def a_booking(
    session: Session,
    offer: Offer,
    *,
    time: Time | None = None,
    now: datetime = START,
    actor: Actor | None = None,
    tools: Tools | None = None,
    **order: Any,
) -> Booking:
    """Held and confirmed as a resident would. The other words are an_order's; `booker` also makes the actor a resident."""
    offer = offer.within(session)
    draft = a_draft(session, offer, now=now)
    booking.hold(session, offer.clinic, offer.kind, time or a_time(), draft.id, now)
    if actor is None:
        actor = Actor(ActorKind.RESIDENT) if order.get("booker") else STRANGER
    made = booking.confirm(session, actor, tools or the_tools(), draft, an_order(offer, **order), now)
    found = queries.booking(session, made)
    assert found is not None
    return found


def a_staff_account(
    session: Session,
    clinic: Clinic,
    role: Role = Role.NURSE,
    *,
    who: cast.Member = cast.NURSE_HERE,
    first_day: date = TODAY,
    last_day: date | None = None,
    **overrides: Any,
) -> StaffAccount:
    """An account with one assignment at the clinic."""
    name = f"{who.given_name} {who.family_name}"
    account = StaffAccount(**{"identity": who.number, "name": name, "created_at": START, **overrides})
    account.assignments = [Assignment(clinic=clinic, role=role, first_day=first_day, last_day=last_day)]
    return _kept(session, account)


def staff_actor(account: StaffAccount) -> Actor:
    """The account, working under its first assignment."""
    return Actor(ActorKind.STAFF, account.id, account.assignments[0].id)


def _kept(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _next(session: Session, model: type[Mapped]) -> int:
    """A number that no row of the model has used for its names yet."""
    return (session.scalar(select(func.count()).select_from(model)) or 0) + 1
