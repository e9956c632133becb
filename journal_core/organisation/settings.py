"""What a provider's administrators set: what residents can do at a clinic, the ages that count, how many guardians consent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.clock import local
from journal_core.organisation import queries, refusals, rules
from journal_core.organisation.model import AgeKind, AgeSetting, CareProvider, Clinic, Module
from journal_core.organisation.rules import ResidentSettings
from journal_core.refusal import Refusal

GUARDIANS = (1, 2)
"""How many of a child's guardians may have to consent."""


def change_clinic(
    session: Session, actor: Actor, clinic: Clinic, wanted: ResidentSettings, now: datetime, *, seen: str
) -> None:
    """`seen`: the version (rules.version_of) of the settings that were shown. The same form sent again changes nothing.

    Raises Refusal: those of rules.resident_refusals, settings_changed.
    """
    queries.lock_clinic(session, clinic)
    for refusal in rules.resident_refusals(clinic, wanted):
        raise refusal
    standing = rules.resident_settings(clinic)
    if wanted == standing:
        return
    if seen != rules.version_of(standing):
        raise Refusal(refusals.SETTINGS_CHANGED)
    for name, on in vars(wanted).items():
        setattr(clinic, name, on)
    audit.record(session, actor, Action.SETTINGS_CHANGED, now, clinic_id=clinic.id)


def set_age(
    session: Session, actor: Actor, provider: CareProvider, kind: AgeKind, years: int, first_day: date, now: datetime
) -> None:
    """Counts from that day on, until the next that is set. What was set for the same day is set anew; what has begun stands.

    Raises Refusal: age_out_of_bounds, age_day_past.
    """
    rules.check_age(kind, years, first_day, local(now).date())
    queries.lock_provider(session, provider)
    same_day = (one for one in queries.age_settings(session, provider.id) if (one.kind, one.first_day) == (kind, first_day))
    found = next(same_day, None)
    if found is None:
        session.add(AgeSetting(provider_id=provider.id, kind=kind, years=years, first_day=first_day))
    elif found.years == years:
        return
    else:
        found.years = years
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)


def set_consenting_guardians(session: Session, actor: Actor, provider: CareProvider, count: int, now: datetime) -> None:
    """Raises Refusal: guardians_need_module, guardians_one_or_two."""
    queries.lock_provider(session, provider)
    if Module.IVT_CONSENT not in queries.provider_modules(session, provider.id):
        raise Refusal(refusals.GUARDIANS_NEED_MODULE)
    if count not in GUARDIANS:
        raise Refusal(refusals.GUARDIANS_ONE_OR_TWO)
    if count != provider.consenting_guardians:
        provider.consenting_guardians = count
        audit.record(session, actor, Action.SETTINGS_CHANGED, now)
