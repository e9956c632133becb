"""Judges of what residents are offered, and of what is asked of them."""

from __future__ import annotations

from datetime import date
from enum import Enum, auto

from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.clock import ADULT, age_on
from journal_core.organisation import rules as organisation
from journal_core.organisation.model import Clinic, Module


def offered_online(category: VisitCategory) -> bool:
    return category.retired_at is None and not category.invisible_online


def types_offered_online(category: VisitCategory) -> list[VisitType]:
    return [kind for kind in category.types if kind.retired_at is None] if offered_online(category) else []


def demands_eid(clinic: Clinic, setting: ProviderReason | None) -> bool:
    """A reason's demand counts only where the clinic's own e-ID setting and the provider's module allow it."""
    return setting is not None and setting.eid_demanded and organisation.can_demand_eid(clinic)


def asks_consent(clinic: Clinic, setting: ProviderReason | None) -> bool:
    """Whether guardians of a minor consent here, with their e-ID. Without the module, or e-ID, nothing is asked."""
    if setting is None or not setting.digital_consent or not demands_eid(clinic, setting):
        return False
    return organisation.switches(clinic).on(Module.IVT_CONSENT)


class ConsentNeed(Enum):
    NONE = auto()
    """An adult, or a reason for which nobody is asked here."""
    DIGITAL = auto()
    """The child's guardians consent with e-ID."""
    AT_THE_VISIT = auto()
    """A minor over the limit: the staff see to it at the visit."""


def consent_asked_of(clinic: Clinic, setting: ProviderReason | None, born: date, visit_day: date) -> ConsentNeed:
    """What is asked about whoever comes. The limit is "up to N years": whoever has not turned N + 1 on the day of the visit."""
    age = age_on(born, visit_day)
    if setting is None or age >= ADULT or not asks_consent(clinic, setting):
        return ConsentNeed.NONE
    within = setting.consent_until_age is not None and age <= setting.consent_until_age
    return ConsentNeed.DIGITAL if within else ConsentNeed.AT_THE_VISIT
