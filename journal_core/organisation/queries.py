"""Reading providers and clinics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, subqueryload

from journal_core.organisation import rules
from journal_core.organisation.model import (
    AgeKind,
    AgeSetting,
    CareProvider,
    CareUnit,
    Clinic,
    Module,
    ModuleSwitch,
    PolicyText,
    Postcode,
)
from journal_core.organisation.rules import TOLD, StandingClinic, ToldPostcode
from journal_core.reading import one_of, quick_rows

WHOLE_CLINIC = (
    selectinload(Clinic.modules),
    joinedload(Clinic.unit).joinedload(CareUnit.provider).selectinload(CareProvider.modules),
)
"""What the judges of organisation.rules read of a clinic."""


def clinic(session: Session, clinic_id: int) -> Clinic | None:
    return session.scalars(CLINIC, {"clinic": clinic_id}).unique().one_or_none()


CLINIC = (
    select(Clinic)
    .where(Clinic.id == bindparam("clinic"))
    .options(
        joinedload(Clinic.modules),
        joinedload(Clinic.unit).joinedload(CareUnit.provider).joinedload(CareProvider.modules),
    )
)
"""In one statement, for nearly every request asks it: its modules and its provider's are few enough to be multiplied.

Built once, as whatever is asked so often is: to build it takes as long as to run it.
"""


def clinics(session: Session, clinic_ids: Sequence[int]) -> list[Clinic]:
    return list(session.scalars(select(Clinic).where(Clinic.id.in_(clinic_ids)).options(*WHOLE_CLINIC)))


class Card(NamedTuple):
    """What a list of clinics shows of one."""

    id: int
    name: str
    street: str | None
    city: str | None
    phone: str | None
    colour: str | None
    drop_in: bool
    """Offered, as rules.offers_drop_in says."""


def cards(session: Session, clinic_ids: Sequence[int]) -> list[Card]:
    """Of listed clinics, in the order that is given. Past the mapper, for the list of clinics is asked for by everybody."""
    found = {row[0]: Card(*row) for row in quick_rows(session, CARDS, clinics=clinic_ids)}
    return [found[clinic_id] for clinic_id in clinic_ids]


_OWN, _PROVIDERS = aliased(ModuleSwitch), aliased(ModuleSwitch)
CARDS = select(
    Clinic.id,
    Clinic.name,
    Clinic.street,
    Clinic.city,
    Clinic.phone,
    Clinic.colour,
    and_(
        Clinic.drop_in,
        exists().where(_OWN.clinic_id == Clinic.id, _OWN.module == Module.DROP_IN),
        exists().where(
            CareUnit.id == Clinic.unit_id, _PROVIDERS.provider_id == CareUnit.provider_id, _PROVIDERS.module == Module.IVT
        ),
    ),
).where(one_of(Clinic.id, "clinics"))


def listed(session: Session) -> Sequence[Clinic]:
    """Every listed clinic, by town and name; the same number of statements for a whole country as for one."""
    wanted = select(Clinic).where(Clinic.activated_at.is_not(None), Clinic.visible)
    provider = joinedload(Clinic.unit).joinedload(CareUnit.provider).subqueryload(CareProvider.modules)
    order = (Clinic.city, Clinic.name, Clinic.id)
    return session.scalars(wanted.order_by(*order).options(subqueryload(Clinic.modules), provider)).all()


def policy(session: Session, provider_id: int, now: datetime) -> PolicyText | None:
    """The personal-data policy that is in force."""
    return session.scalar(
        select(PolicyText)
        .where(PolicyText.provider_id == provider_id, PolicyText.valid_from <= now)
        .order_by(PolicyText.valid_from.desc(), PolicyText.id.desc())
        .limit(1)
    )


def ages_in_force(session: Session, provider_ids: Collection[int], day: date) -> dict[int, dict[AgeKind, int]]:
    """The ages that count at each provider on a day, in one statement."""
    found: dict[int, list[AgeSetting]] = {provider_id: [] for provider_id in provider_ids}
    for one in session.scalars(select(AgeSetting).where(AgeSetting.provider_id.in_(provider_ids))):
        found[one.provider_id].append(one)
    return {provider_id: rules.ages_in_force(own, day) for provider_id, own in found.items()}


def is_empty(session: Session) -> bool:
    return session.scalar(select(CareProvider.id).limit(1)) is None


def postcode(session: Session, code: str) -> Postcode | None:
    return session.get(Postcode, code)


def provider_by_org_number(session: Session, number: str, *, lock: bool = False) -> CareProvider | None:
    """The provider with these ten digits, written with or without hyphen. `lock` keeps other imports to it waiting."""
    wanted = select(CareProvider).where(func.replace(CareProvider.org_number, "-", "") == number).order_by(CareProvider.id)
    if lock:
        wanted = wanted.with_for_update(key_share=True)
    return session.scalars(wanted.execution_options(populate_existing=True).limit(1)).first()


def provider_modules(session: Session, provider_id: int) -> frozenset[Module]:
    """Its own modules, without those of its clinics."""
    return frozenset(session.scalars(select(ModuleSwitch.module).where(ModuleSwitch.provider_id == provider_id)))


def lock_clinic(session: Session, clinic: Clinic) -> None:
    """Others who change its settings wait; bookings, which only point to it, don't. It is then as it stands."""
    wanted = select(Clinic).where(Clinic.id == clinic.id).with_for_update(key_share=True)
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def clinics_of_provider(session: Session, provider_id: int) -> Sequence[Clinic]:
    """By name."""
    own = select(Clinic).join(Clinic.unit).where(CareUnit.provider_id == provider_id)
    return session.scalars(own.order_by(Clinic.name, Clinic.id)).all()


def lock_provider(session: Session, provider: CareProvider) -> None:
    """The same for a provider."""
    wanted = select(CareProvider).where(CareProvider.id == provider.id).with_for_update(key_share=True)
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def age_settings(session: Session, provider_id: int) -> Sequence[AgeSetting]:
    """All that a provider has set, the past and the coming, by kind and day."""
    own = select(AgeSetting).where(AgeSetting.provider_id == provider_id)
    return session.scalars(own.order_by(AgeSetting.kind, AgeSetting.first_day)).all()


def names_with_eid(session: Session, provider_id: int) -> dict[bool, list[str]]:
    """Names of a provider's clinics by whether their e-ID for booking is on."""
    rows = session.execute(
        select(Clinic.eid_booking, Clinic.name)
        .join(CareUnit, CareUnit.id == Clinic.unit_id)
        .where(CareUnit.provider_id == provider_id)
        .order_by(Clinic.name, Clinic.id)
    )
    found: dict[bool, list[str]] = {True: [], False: []}
    for on, name in rows:
        found[on].append(name)
    return found


def imported_clinics(session: Session, provider_id: int) -> dict[str, StandingClinic]:
    """A provider's imported clinics by key, in two statements however many they are."""
    imported = (CareUnit.provider_id == provider_id, Clinic.import_key.is_not(None))
    modules: dict[int | None, set[Module]] = {}
    for switch in session.execute(
        select(ModuleSwitch.clinic_id, ModuleSwitch.module)
        .join(Clinic, ModuleSwitch.clinic_id == Clinic.id)
        .join(CareUnit, Clinic.unit_id == CareUnit.id)
        .where(*imported)
    ):
        modules.setdefault(switch.clinic_id, set()).add(switch.module)
    facts = [getattr(Clinic, name) for name in TOLD]
    # Were there two with one key, the older would count: it comes last.
    rows = session.execute(
        select(Clinic.id, Clinic.import_key, Clinic.activated_at, CareUnit.id, CareUnit.name, CareUnit.hsa_id, *facts)
        .join(CareUnit, Clinic.unit_id == CareUnit.id)
        .where(*imported)
        .order_by(Clinic.id.desc())
    )
    return {
        key: StandingClinic(
            id=clinic_id,
            unit_id=unit_id,
            facts=dict(zip(TOLD, told, strict=True)),
            active=activated_at is not None,
            modules=frozenset(modules.get(clinic_id, ())),
            unit_name=unit_name,
            unit_hsa_id=unit_hsa_id,
        )
        for clinic_id, key, activated_at, unit_id, unit_name, unit_hsa_id, *told in rows
    }


def postcodes(session: Session) -> dict[str, ToldPostcode]:
    """The whole list, by code."""
    rows = session.execute(select(Postcode.code, Postcode.locality, Postcode.municipality))
    return {row.code: ToldPostcode(row.code, row.locality, row.municipality) for row in rows}
