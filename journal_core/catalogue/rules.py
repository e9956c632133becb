"""Judges of what residents are offered, and of what is asked of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from journal_core.catalogue import refusals
from journal_core.catalogue.model import ProviderReason, ReasonKind, VisitCategory, VisitType
from journal_core.clock import ADULT, age_on
from journal_core.organisation import rules as organisation
from journal_core.organisation.model import Clinic, Module
from journal_core.refusal import Refusal

LONGEST_INFORMATION = 500


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


@dataclass(frozen=True)
class ReasonSettings:
    """What a provider asks for a reason (domain §4), named as on ProviderReason."""

    eid_demanded: bool = False
    digital_consent: bool = False
    consent_until_age: int | None = None
    information: str | None = None


def reason_settings(setting: ProviderReason | None) -> ReasonSettings:
    if setting is None:
        return ReasonSettings()
    return ReasonSettings(setting.eid_demanded, setting.digital_consent, setting.consent_until_age, setting.information or None)


def reason_refusals(
    kind: ReasonKind, wanted: ReasonSettings, modules: Collection[Module], *, clinic_with_eid: bool
) -> list[Refusal]:
    """Each prerequisite that is missing for what is wanted. `modules` are the provider's, `clinic_with_eid`: any of its
    clinics has e-ID for booking on."""
    asks = wanted.eid_demanded or wanted.digital_consent or wanted.consent_until_age is not None
    rungs: tuple[tuple[bool, str, dict[str, int]], ...] = (
        (asks and kind is ReasonKind.OTHER, refusals.REASON_ONLY_INFORMS, {}),
        (wanted.eid_demanded and Module.IVT_EID not in modules, refusals.REASON_EID_NEEDS_MODULE, {}),
        (wanted.eid_demanded and not clinic_with_eid, refusals.REASON_EID_NEEDS_CLINIC, {}),
        (wanted.digital_consent and Module.IVT_CONSENT not in modules, refusals.CONSENT_NEEDS_MODULE, {}),
        (wanted.digital_consent and not wanted.eid_demanded, refusals.CONSENT_NEEDS_EID, {}),
        (wanted.digital_consent and wanted.consent_until_age is None, refusals.CONSENT_NEEDS_AGE, {}),
        (wanted.consent_until_age is not None and not wanted.digital_consent, refusals.CONSENT_AGE_NEEDS_CONSENT, {}),
        (not 0 <= (wanted.consent_until_age or 0) < ADULT, refusals.CONSENT_AGE_WRONG, {"most": ADULT - 1}),
        (
            len(wanted.information or "") > LONGEST_INFORMATION,
            refusals.INFORMATION_TOO_LONG,
            {"most": LONGEST_INFORMATION},
        ),
    )
    found = [Refusal(code, **facts) for missing, code, facts in rungs if missing]
    return found[:1] if kind is ReasonKind.OTHER else found
