"""What a provider's administrators set for a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.catalogue import queries, rules
from journal_core.catalogue.model import ProviderReason, Reason
from journal_core.catalogue.rules import ReasonSettings
from journal_core.organisation import queries as organisation
from journal_core.organisation import refusals
from journal_core.organisation.model import CareProvider
from journal_core.organisation.rules import version_of
from journal_core.refusal import Refusal


def refusals_of(session: Session, provider: CareProvider, reason: Reason, wanted: ReasonSettings) -> list[Refusal]:
    """Each prerequisite that is missing for what is wanted, as things stand."""
    modules = organisation.provider_modules(session, provider.id)
    with_eid = organisation.names_with_eid(session, provider.id)[True]
    return rules.reason_refusals(reason.kind, wanted, modules, clinic_with_eid=bool(with_eid))


def change_reason(
    session: Session, actor: Actor, provider: CareProvider, reason: Reason, wanted: ReasonSettings, now: datetime, *, seen: str
) -> None:
    """`seen`: the version (organisation.rules.version_of) of what was shown. The same form sent again changes nothing.

    Raises Refusal: those of rules.reason_refusals, settings_changed.
    """
    organisation.lock_provider(session, provider)
    for refusal in refusals_of(session, provider, reason, wanted):
        raise refusal
    setting = queries.provider_reasons(session, provider.id).get(reason.id)
    standing = rules.reason_settings(setting)
    if wanted == standing:
        return
    if seen != version_of(standing):
        raise Refusal(refusals.SETTINGS_CHANGED)
    if setting is None:
        setting = ProviderReason(provider_id=provider.id, reason_id=reason.id)
        session.add(setting)
    for name, value in vars(wanted).items():
        setattr(setting, name, value)
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)
