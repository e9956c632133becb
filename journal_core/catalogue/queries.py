"""Reading what can be booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

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
from journal_core.organisation.queries import WHOLE_CLINIC


@dataclass(frozen=True)
class ClinicSearch:
    """What the find page is asked for. `words` are folded (organisation.rules.fold)."""

    words: tuple[str, ...] = ()
    reason: str | None = None
    drop_in: bool = False


def reasons(session: Session) -> Sequence[Reason]:
    return session.scalars(select(Reason).order_by(Reason.position, Reason.id)).all()


def listed_clinics(session: Session, search: ClinicSearch, offset: int, limit: int) -> tuple[int, Sequence[Clinic]]:
    """How many clinics match, and one page of them by name."""
    matching = _matching(search)
    count = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    page = session.scalars(
        select(Clinic)
        .where(Clinic.id.in_(matching))
        .order_by(Clinic.city, Clinic.name, Clinic.id)
        .offset(offset)
        .limit(limit)
        .options(*WHOLE_CLINIC)
    )
    return count, page.all()


def _matching(search: ClinicSearch) -> Select[int]:
    chosen = select(Clinic.id).where(Clinic.activated_at.is_not(None), Clinic.visible)
    for word in search.words:
        chosen = chosen.where(Clinic.search_key.contains(word, autoescape=True))
    if search.reason:
        chosen = chosen.where(Clinic.id.in_(_clinics_for(search.reason)))
    if search.drop_in:
        chosen = chosen.where(Clinic.drop_in, Clinic.id.in_(_with_drop_in_modules()))
    return chosen


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
    return session.scalar(
        select(VisitType)
        .join(VisitType.category)
        .join(VisitCategory.reason)
        .where(VisitType.id == type_id, VisitCategory.clinic_id == clinic_id)
        .options(contains_eager(VisitType.category).contains_eager(VisitCategory.reason))
    )


def provider_reasons(session: Session, provider_id: int) -> dict[int, ProviderReason]:
    """A provider's settings by reason id."""
    rows = session.scalars(select(ProviderReason).where(ProviderReason.provider_id == provider_id))
    return {row.reason_id: row for row in rows}
