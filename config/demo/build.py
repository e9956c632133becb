"""Data become rows: providers, reasons, clinics. Used for the demo region and for generated ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.demo.offers import REASONS
from config.demo.shapes import ClinicData, Offer, ProviderData
from journal_core.catalogue.model import ProviderReason, Reason, VisitCategory, VisitType
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import CareProvider, CareUnit, Clinic, Module, ModuleSwitch, PolicyText
from journal_core.organisation.rules import search_key


class NotEmpty(Exception):
    """There is a provider already: demo data would mix with what is there."""


@dataclass(frozen=True)
class Provider:
    """A provider with its units by key and the reasons by slug."""

    row: CareProvider
    units: Mapping[str, CareUnit]
    reasons: Mapping[str, Reason]
    policy: PolicyText


@dataclass(frozen=True)
class BuiltClinic:
    row: Clinic
    categories: Mapping[str, VisitCategory]
    """By the offer's name."""

    @property
    def types(self) -> list[VisitType]:
        return [kind for category in self.categories.values() for kind in category.types]


def refuse_unless_empty(session: Session) -> None:
    """Raises NotEmpty."""
    if not organisation.is_empty(session):
        raise NotEmpty


def add_provider(session: Session, data: ProviderData, since: datetime) -> Provider:
    """A provider with units, policy and what it asks for each reason; the reasons too."""
    row = CareProvider(
        name=data.name,
        org_number=data.org_number,
        hsa_id=data.hsa_id,
        phone=data.phone,
        modules=_switches(data.modules),
    )
    units = {unit.key: CareUnit(provider=row, name=unit.name, hsa_id=unit.hsa_id) for unit in data.units}
    reasons = {
        reason.slug: Reason(slug=reason.slug, name=reason.name, kind=reason.kind, position=position)
        for position, reason in enumerate(REASONS, start=1)
    }
    session.add_all([row, *units.values(), *reasons.values()])
    session.flush()
    policy = PolicyText(provider_id=row.id, text=data.policy, valid_from=since)
    session.add_all([policy, *_settings(row, reasons)])
    session.flush()
    return Provider(row, units, reasons, policy)


def _settings(provider: CareProvider, reasons: Mapping[str, Reason]) -> list[ProviderReason]:
    return [
        ProviderReason(
            provider_id=provider.id,
            reason_id=reasons[reason.slug].id,
            eid_demanded=reason.eid_demanded,
            digital_consent=reason.consent_until_age is not None,
            consent_until_age=reason.consent_until_age,
            information=reason.information,
        )
        for reason in REASONS
        if reason.eid_demanded or reason.information
    ]


def add_clinic(session: Session, provider: Provider, data: ClinicData, since: datetime) -> BuiltClinic:
    """A clinic with its modules, categories and types. Call flush before asking for their ids."""
    clinic = Clinic(
        unit=provider.units[data.unit],
        name=data.name,
        phone=data.phone,
        street=data.street,
        postcode=data.postcode,
        city=data.city,
        latitude=data.latitude,
        longitude=data.longitude,
        colour=data.colour,
        welcome_booking=data.welcome,
        welcome_arrival=data.welcome_arrival,
        activated_at=since if data.active else None,
        visible=data.visible,
        booking=data.booking,
        eid_booking=data.eid_booking,
        drop_in=data.drop_in,
        public_unit=data.public_unit,
        arrival_booked=data.arrival_booked,
        start_step_minutes=data.start_step_minutes,
        modules=_switches(data.modules),
    )
    clinic.search_key = search_key(clinic)
    categories = {
        offer.name: _category(clinic, provider.reasons, offer, position) for position, offer in enumerate(data.offers, start=1)
    }
    session.add_all([clinic, *categories.values()])
    return BuiltClinic(clinic, categories)


def _switches(modules: Iterable[Module]) -> list[ModuleSwitch]:
    return [ModuleSwitch(module=module) for module in modules]


def _category(clinic: Clinic, reasons: Mapping[str, Reason], offer: Offer, position: int) -> VisitCategory:
    return VisitCategory(
        clinic=clinic,
        reason=reasons[offer.reason],
        name=offer.name,
        min_age=offer.min_age,
        max_age=offer.max_age,
        invisible_online=offer.invisible_online,
        series=offer.series,
        position=position,
        types=[
            VisitType(
                name=kind.name,
                minutes=kind.minutes,
                persons=kind.persons,
                book=kind.book,
                drop_in=kind.drop_in,
                position=number,
            )
            for number, kind in enumerate(offer.kinds, start=1)
        ],
    )
