"""Judges of what residents are offered."""

from __future__ import annotations

from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.organisation import rules as organisation
from journal_core.organisation.model import Clinic


def offered_online(category: VisitCategory) -> bool:
    return category.retired_at is None and not category.invisible_online


def types_offered_online(category: VisitCategory) -> list[VisitType]:
    return [kind for kind in category.types if kind.retired_at is None] if offered_online(category) else []


def demands_eid(clinic: Clinic, setting: ProviderReason | None) -> bool:
    """A reason's demand counts only where the clinic's own e-ID setting and the provider's module allow it."""
    return setting is not None and setting.eid_demanded and organisation.can_demand_eid(clinic)
