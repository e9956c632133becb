"""Reading what can be booked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload, selectinload

from journal_core.catalogue.model import (
    ProviderReason,
    Reason,
    VisitCategory,
    VisitType,
)
from journal_core.organisation.model import (
    CareProvider,
    CareUnit,
    Clinic,
    Module,
    ModuleSwitch,
)
from journal_core.organisation.rules import fold
from journal_core.reading import one_of, quick_rows, together


@dataclass(frozen=True)
class Box:
    """Part of a map, in degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class ClinicSearch:
    """What the find page is asked for. `words` are folded (organisation.rules.fold)."""

    words: tuple[str, ...] = ()
    reason: str | None = None
    drop_in: bool = False
    box: Box | None = None
    """Only clinics with a position in it."""
    or_within: Box | None = None
    """Clinics in it too, whether or not the words fit."""


class Hit(NamedTuple):
    """A clinic that was found: what the map, and an order by distance, need of it."""

    id: int
    name: str
    city: str | None
    postcode: str | None
    latitude: float | None
    longitude: float | None

    @property
    def position(self) -> tuple[float, float] | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def reasons(session: Session) -> Sequence[Reason]:
    return session.scalars(REASONS).all()


REASONS = select(Reason).order_by(Reason.position, Reason.id)


def hits(session: Session, search: ClinicSearch) -> list[Hit]:
    """Every listed clinic that matches, by town and name."""
    found = select(Clinic.id, Clinic.name, Clinic.city, Clinic.postcode, Clinic.latitude, Clinic.longitude)
    rows = session.execute(found.where(_matching(search)).order_by(Clinic.city, Clinic.name, Clinic.id))
    return [Hit(*row) for row in rows]


def words_of_listed(session: Session) -> dict[str, str]:
    """Every word of the names and addresses of listed clinics, as written, by how search compares it."""
    rows = session.execute(select(Clinic.name, Clinic.street, Clinic.city).where(_matching(ClinicSearch())))
    written = {word for row in rows for text in row for word in re.findall(r"[^\W\d_]+", text or "")}
    return {fold(word): word for word in sorted(written)}


def _matching(search: ClinicSearch) -> ColumnElement[bool]:
    fits = and_(true(), *(Clinic.search_key.contains(word, autoescape=True) for word in search.words))
    wanted = [
        Clinic.activated_at.is_not(None),
        Clinic.visible,
        fits if search.or_within is None else or_(fits, _inside(search.or_within)),
    ]
    if search.box:
        wanted.append(_inside(search.box))
    if search.reason:
        wanted.append(Clinic.id.in_(_clinics_for(search.reason)))
    if search.drop_in:
        wanted += [Clinic.drop_in, Clinic.id.in_(_with_drop_in_modules())]
    return and_(*wanted)


def _inside(box: Box) -> ColumnElement[bool]:
    return and_(Clinic.latitude.between(box.south, box.north), Clinic.longitude.between(box.west, box.east))


def _clinics_for(slug: str) -> Select[int]:
    return (
        select(VisitCategory.clinic_id)
        .join(Reason)
        .join(VisitType, VisitType.category_id == VisitCategory.id)
        .where(
            Reason.slug == slug,
            VisitCategory.retired_at.is_(None),
            ~VisitCategory.invisible_online,
            VisitType.retired_at.is_(None),
        )
    )


def _with_drop_in_modules() -> Select[int]:
    """Clinics with module Drop-in, of providers with IVT: organisation.rules.offers_drop_in as a query."""
    return (
        select(Clinic.id)
        .join(CareUnit, CareUnit.id == Clinic.unit_id)
        .join(CareProvider, CareProvider.id == CareUnit.provider_id)
        .where(
            Clinic.modules.any(ModuleSwitch.module == Module.DROP_IN),
            CareProvider.modules.any(ModuleSwitch.module == Module.IVT),
        )
    )


class Offered(NamedTuple):
    """What residents are offered at a clinic for a reason."""

    clinic_id: int
    slug: str
    name: str
    """The reason's."""
    type_id: int
    """The clinic's first type for it."""


def offered(session: Session, clinic_ids: Sequence[int]) -> list[Offered]:
    """In the clinics' own order, a reason once. Past the mapper, for the list of clinics is asked for by everybody."""
    firsts: dict[tuple[int, str], Offered] = {}
    for row in quick_rows(session, OFFERED, clinics=clinic_ids):
        firsts.setdefault(row[:2], Offered(*row))
    return list(firsts.values())


OFFERED = (
    select(VisitCategory.clinic_id, Reason.slug, Reason.name, VisitType.id)
    .join(VisitType, VisitType.category_id == VisitCategory.id)
    .join(Reason, Reason.id == VisitCategory.reason_id)
    .where(
        one_of(VisitCategory.clinic_id, "clinics"),
        VisitCategory.retired_at.is_(None),
        ~VisitCategory.invisible_online,
        VisitType.retired_at.is_(None),
    )
    .order_by(VisitCategory.clinic_id, VisitCategory.position, VisitCategory.id, VisitType.position, VisitType.id)
)


def categories(session: Session, clinic_ids: Sequence[int]) -> Sequence[VisitCategory]:
    """Categories that residents of these clinics are offered, with reasons and types, in the clinics' own order."""
    return session.scalars(
        select(VisitCategory)
        .join(VisitCategory.reason)
        .where(
            VisitCategory.clinic_id.in_(clinic_ids),
            VisitCategory.retired_at.is_(None),
            ~VisitCategory.invisible_online,
        )
        .order_by(VisitCategory.clinic_id, VisitCategory.position, VisitCategory.id)
        .options(contains_eager(VisitCategory.reason), selectinload(VisitCategory.types))
    ).all()


def visit_type(session: Session, type_id: int, clinic_id: int) -> VisitType | None:
    """A type of this very clinic, with its category and reason; retired ones too."""
    return session.scalar(TYPE, {"type": type_id, "clinic": clinic_id})


TYPE = (
    select(VisitType)
    .join(VisitType.category)
    .join(VisitCategory.reason)
    .where(VisitType.id == bindparam("type"), VisitCategory.clinic_id == bindparam("clinic"))
    .options(contains_eager(VisitType.category).contains_eager(VisitCategory.reason))
)


def provider_reasons(session: Session, provider_id: int) -> dict[int, ProviderReason]:
    """A provider's settings by reason id."""
    return {row.reason_id: row for row in session.scalars(REASONS_OF_PROVIDER, {"provider": provider_id})}


def reasons_of_providers(session: Session, provider_ids: Collection[int]) -> dict[int, dict[int, ProviderReason]]:
    """The same of several providers, by their ids, in one statement."""
    found: dict[int, dict[int, ProviderReason]] = {provider_id: {} for provider_id in provider_ids}
    wanted = select(ProviderReason).where(ProviderReason.provider_id.in_(provider_ids))
    for row in session.scalars(wanted) if provider_ids else ():
        found[row.provider_id][row.reason_id] = row
    return found


REASONS_OF_PROVIDER = select(ProviderReason).where(ProviderReason.provider_id == bindparam("provider"))


def types_of_clinic(session: Session, clinic_id: int, *, retired: bool = False) -> Sequence[VisitType]:
    """A clinic's types with their categories, invisible ones too, in the clinic's own order; retired ones when asked for."""
    wanted = (
        select(VisitType)
        .join(VisitType.category)
        .where(VisitCategory.clinic_id == clinic_id)
        .order_by(VisitCategory.position, VisitCategory.id, VisitType.position, VisitType.id)
        .options(contains_eager(VisitType.category))
    )
    if not retired:
        wanted = wanted.where(VisitType.retired_at.is_(None), VisitCategory.retired_at.is_(None))
    return session.scalars(wanted).all()


def category(session: Session, category_id: int, clinic_id: int) -> VisitCategory | None:
    """A category of this very clinic that is not retired, with its types."""
    own = select(VisitCategory).where(VisitCategory.id == category_id, VisitCategory.clinic_id == clinic_id)
    return session.scalar(own.where(VisitCategory.retired_at.is_(None)).options(selectinload(VisitCategory.types)))


def categories_of_clinic(session: Session, clinic_id: int) -> Sequence[VisitCategory]:
    """What the clinic offers, for its staff: invisible ones too, retired ones not."""
    own = select(VisitCategory).where(VisitCategory.clinic_id == clinic_id, VisitCategory.retired_at.is_(None))
    order = own.order_by(VisitCategory.position, VisitCategory.id)
    return session.scalars(order.options(selectinload(VisitCategory.types), joinedload(VisitCategory.reason))).all()


def types_booked_online(
    session: Session, reason: str | None = None, clinic_ids: Sequence[int] | None = None
) -> dict[int, set[int]]:
    """By clinic: the types that residents can book there now, for a reason or for all.

    organisation.rules.can_be_booked_online and catalogue.rules.offered_online as one statement.
    """
    wanted: dict[str, object] = {}
    if reason is not None:
        wanted["reason"] = reason
    if clinic_ids is not None:
        wanted["clinics"] = clinic_ids
    rows = quick_rows(session, _booked_online(reason is not None, clinic_ids is not None), **wanted)
    return {clinic_id: {int(type_id) for type_id in types.split(",")} for clinic_id, types in rows}


@cache
def _booked_online(for_reason: bool, of_clinics: bool) -> Select[int, str]:
    """A row a clinic, with its types' ids and commas between: a country has ten times as many types as clinics."""
    wanted = (
        select(VisitCategory.clinic_id, together(VisitType.id))
        .join(VisitType, VisitType.category_id == VisitCategory.id)
        .join(Clinic, Clinic.id == VisitCategory.clinic_id)
        .where(
            VisitCategory.retired_at.is_(None),
            ~VisitCategory.invisible_online,
            VisitType.retired_at.is_(None),
            Clinic.activated_at.is_not(None),
            Clinic.booking,
            _has_booking_modules(),
        )
        .group_by(VisitCategory.clinic_id)
    )
    if for_reason:
        wanted = wanted.join(Reason, Reason.id == VisitCategory.reason_id).where(Reason.slug == bindparam("reason"))
    return wanted.where(one_of(VisitCategory.clinic_id, "clinics")) if of_clinics else wanted


def _has_booking_modules() -> ColumnElement[bool]:
    """A clinic's own API and Bokning, its provider's IVT. One set for each module: counting them in one makes PostgreSQL guess
    that hardly any clinic has both, and look through all of them for each."""

    def owners(owner: InstrumentedAttribute[int | None], module: Module) -> Select[int | None]:
        return select(owner).where(ModuleSwitch.module == module, owner.is_not(None))

    units = select(CareUnit.id).where(CareUnit.provider_id.in_(owners(ModuleSwitch.provider_id, Module.IVT)))
    own = (Clinic.id.in_(owners(ModuleSwitch.clinic_id, module)) for module in (Module.API, Module.BOOKING))
    return and_(*own, Clinic.unit_id.in_(units))
