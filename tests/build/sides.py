"""Two providers with a clinic each, and people who have nothing to do with each other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from journal_core.catalogue.model import ReasonKind, VisitCategory
from journal_core.declarations import use_cases as declarations
from journal_core.organisation.model import CareProvider, Module
from journal_core.staff.model import Assignment, Role, StaffAccount
from tests.build import cast
from tests.build.builders import (
    MONDAY,
    PROVIDER_MODULES,
    TODAY,
    Offer,
    a_category,
    a_clinic,
    a_demand_for_eid,
    a_policy,
    a_provider,
    a_reason,
    a_staff_account,
    a_type,
    an_offer,
)
from tests.build.clocks import START
from tests.build.forms import FORM


@dataclass(frozen=True)
class Side:
    """One of the two."""

    provider: CareProvider
    asks: Offer
    """Demands e-ID, and consent of the guardians of minors."""
    free: Offer
    """Asks for nothing."""
    hidden: VisitCategory
    """For staff alone."""
    account: StaffAccount
    """Nurse and administrator here, administrator of the provider, and of seals, each in an assignment of its own."""

    @property
    def clinic_id(self) -> int:
        return self.asks.clinic.id

    def assignment(self, role: Role) -> Assignment:
        return next(one for one in self.account.assignments if one.role is role)


def a_side(session: Session, who: cast.Member, hidden: str) -> Side:
    """`who` works there; `hidden` is what the category is called that residents never see."""
    provider = a_provider(session, modules=(*PROVIDER_MODULES, Module.IVT_CONSENT))
    a_policy(session, provider)
    clinic = a_clinic(session, provider=provider, public_unit=True)
    asks = an_offer(session, clinic=clinic, days=(MONDAY,))
    setting = a_demand_for_eid(session, clinic, asks.category.reason)
    setting.digital_consent, setting.consent_until_age = True, 15
    influenza = {"name": "Influensavaccin", "reason": a_reason(session, "influensa")}
    free = an_offer(session, clinic=clinic, category=influenza, days=(TODAY,), resources=(2,))
    a_type(session, free.category, name="Två personer", persons=2)
    other = a_reason(session, "ovrigt", kind=ReasonKind.OTHER)
    unseen = a_category(session, clinic, reason=other, name=hidden, invisible_online=True)
    a_type(session, unseen)
    clinic.declaration_link = True
    definition = declarations.define(session, provider.id, "Vaccination", "", FORM, None, START)
    for offer in (asks, free):
        declarations.require(session, offer.kind.id, definition.id)
    definition.drop_in = True
    account = a_staff_account(session, clinic, Role.NURSE_ADMIN, who=who)
    for role in (Role.PROVIDER_ADMIN, Role.BLOCK_ADMIN):
        account.assignments.append(Assignment(clinic=clinic, role=role, first_day=TODAY))
    session.flush()
    return Side(provider, asks, free, unseen, account)
