"""Reading declarations: which is asked for, which serves a visit, what a person has told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from journal_core.actor import ActorKind
from journal_core.booking.model import Booking, Visit
from journal_core.clock import local
from journal_core.declarations import rules
from journal_core.declarations.model import (
    Declaration,
    DeclarationAnswer,
    DeclarationComment,
    DeclarationUse,
    Definition,
    DefinitionVersion,
    DropInDefinition,
    HiddenDefinition,
    RequiredDefinition,
)
from journal_core.organisation.model import CareUnit, Clinic
from journal_core.organisation.rules import chooses_its_own_drop_in
from journal_core.reading import one_of, quick_rows

WHOLE = (
    joinedload(Declaration.version).joinedload(DefinitionVersion.definition),
    selectinload(Declaration.answers),
)


def required(session: Session, type_ids: Collection[int]) -> dict[int, int]:
    """The definition that each of these visit types asks for, by type; those that ask for none are left out."""
    wanted = select(RequiredDefinition.type_id, RequiredDefinition.definition_id)
    rows = session.execute(wanted.where(one_of(RequiredDefinition.type_id, type_ids)))
    return {row.type_id: row.definition_id for row in rows}


def newest(session: Session, definition_id: int) -> DefinitionVersion:
    """What is begun now."""
    wanted = select(DefinitionVersion).where(DefinitionVersion.definition_id == definition_id)
    newest = wanted.order_by(DefinitionVersion.number.desc()).limit(1).options(joinedload(DefinitionVersion.definition))
    return session.scalars(newest).one()


def version(session: Session, version_id: int, provider_id: int) -> DefinitionVersion | None:
    """Of one of this very provider's definitions, or of one of the system's."""
    owner = Definition.provider_id
    wanted = select(DefinitionVersion).join(DefinitionVersion.definition).where(DefinitionVersion.id == version_id)
    return session.scalar(wanted.where(or_(owner == provider_id, owner.is_(None))))


def definitions(session: Session, provider_id: int) -> Sequence[Definition]:
    """A provider's own, those in use first."""
    wanted = select(Definition).where(Definition.provider_id == provider_id)
    order = wanted.order_by(Definition.retired_at.is_not(None), Definition.purpose, Definition.name, Definition.id)
    return session.scalars(order).all()


def newest_of(session: Session, provider_id: int) -> dict[int, DefinitionVersion]:
    """What each of a provider's definitions asks now, by definition. The earlier versions, which may be many, stay unread."""
    later = aliased(DefinitionVersion)
    newest = select(func.max(later.number)).where(later.definition_id == DefinitionVersion.definition_id).scalar_subquery()
    wanted = select(DefinitionVersion).join(DefinitionVersion.definition).where(Definition.provider_id == provider_id)
    return {one.definition_id: one for one in session.scalars(wanted.where(DefinitionVersion.number == newest))}


def definition(session: Session, definition_id: int, provider_id: int) -> Definition | None:
    """One of this very provider."""
    return session.scalar(select(Definition).where(Definition.id == definition_id, Definition.provider_id == provider_id))


def of_system(session: Session, key: str) -> Definition | None:
    return session.scalar(select(Definition).where(Definition.provider_id.is_(None), Definition.key == key))


def hidden_at(session: Session, clinic_id: int) -> set[int]:
    """Ids of definitions that the clinic doesn't use."""
    return set(session.scalars(select(HiddenDefinition.definition_id).where(HiddenDefinition.clinic_id == clinic_id)))


def clinics_without(session: Session, definition_id: int) -> set[int]:
    """Ids of clinics that don't use it."""
    return set(session.scalars(select(HiddenDefinition.clinic_id).where(HiddenDefinition.definition_id == definition_id)))


def drop_in(session: Session, clinic_id: int) -> int | None:
    """The definition that a clinic has chosen for drop-in."""
    return session.scalar(select(DropInDefinition.definition_id).where(DropInDefinition.clinic_id == clinic_id))


def serves_drop_in(session: Session, clinic: Clinic, *, own: bool = True) -> int | None:
    """The definition for drop-in and the direct link: the clinic's own where it may have one, else its provider's; None: the
    system's own (domain §6). One that is retired, or hidden at the clinic, serves nobody there.
    Without `own`: what would serve if the clinic had chosen none."""
    chosen = drop_in(session, clinic.id) if own and chooses_its_own_drop_in(clinic) else None
    usable = select(Definition.id).where(Definition.retired_at.is_(None), Definition.id.not_in(hidden_at(session, clinic.id)))
    found = session.scalar(usable.where(Definition.id == chosen)) if chosen is not None else None
    marked = usable.where(Definition.provider_id == clinic.unit.provider_id, Definition.drop_in)
    return found or session.scalar(marked.order_by(Definition.id).limit(1))


def by_reference(session: Session, reference: str, *, lock: bool = False) -> Declaration | None:
    wanted = select(Declaration).where(Declaration.reference == reference)
    if lock:
        session.execute(select(Declaration.id).where(Declaration.reference == reference).with_for_update())
    visits = joinedload(Declaration.visit).joinedload(Visit.booking).selectinload(Booking.visits)
    beside = (joinedload(Declaration.person), visits)
    return session.scalar(wanted.options(*WHOLE, *beside).execution_options(populate_existing=lock))


def unsent(
    session: Session, person_id: int, provider_id: int, definition_id: int, visit_id: int | None
) -> Sequence[Declaration]:
    """Those that were begun for this visit and wait to be gone on with; the newest first."""
    wanted = (
        select(Declaration)
        .join(Declaration.version)
        .where(
            Declaration.person_id == person_id,
            Declaration.provider_id == provider_id,
            DefinitionVersion.definition_id == definition_id,
            Declaration.visit_id == visit_id if visit_id is not None else Declaration.visit_id.is_(None),
            Declaration.sent_at.is_(None),
        )
        .order_by(Declaration.id.desc())
    )
    return session.scalars(wanted.options(*WHOLE)).unique().all()


@dataclass(frozen=True)
class Known:
    """A declaration that was sent and how often it has been used, without what was said."""

    id: int
    person_id: int
    definition_id: int
    visit_id: int | None
    """For which it was begun."""
    sent_at: datetime
    validity_days: int | None
    summary: bytes | None
    """As Declaration keeps it."""
    told_by: ActorKind
    vaccinations: int

    def holds(self, day: date) -> bool:
        return rules.holds(local(self.sent_at).date(), self.validity_days, self.vaccinations, day)

    @property
    def good_until(self) -> date | None:
        return rules.good_until(local(self.sent_at).date(), self.validity_days, self.vaccinations)


_KNOWN = (
    select(
        Declaration.id,
        Declaration.person_id,
        DefinitionVersion.definition_id,
        Declaration.visit_id,
        Declaration.sent_at,
        DefinitionVersion.validity_days,
        Declaration.summary,
        Declaration.told_by,
        select(func.count()).where(DeclarationUse.declaration_id == Declaration.id).correlate(Declaration).scalar_subquery(),
    )
    .join(Declaration.version)
    .where(
        one_of(Declaration.person_id, "persons"),
        Declaration.provider_id == bindparam("provider", type_=Integer),
        Declaration.sent_at.is_not(None),
    )
    .order_by(Declaration.sent_at.desc(), Declaration.id.desc())
)


def known(session: Session, provider_id: int, person_ids: Collection[int]) -> dict[int, list[Known]]:
    """What each person has sent this provider, by person, the newest first. One statement, past the mapper: a day's list has
    hundreds."""
    found: dict[int, list[Known]] = {}
    for row in quick_rows(session, _KNOWN, provider=provider_id, persons=person_ids):
        found.setdefault(row[1], []).append(Known(*row))
    return found


def latest(session: Session, provider_id: int, person_ids: Collection[int]) -> dict[int, list[Known]]:
    """As known, of each definition the latest alone: a newer one takes its place (domain §6)."""
    return {person_id: _newest_of_each(all_) for person_id, all_ in known(session, provider_id, person_ids).items()}


def _newest_of_each(told: Sequence[Known]) -> list[Known]:
    newest: dict[int, Known] = {}
    for one in told:
        newest.setdefault(one.definition_id, one)
    return list(newest.values())


def whole(session: Session, declaration_ids: Collection[int]) -> dict[int, Declaration]:
    """Declarations with what was asked, said and written beside them, by id."""
    wanted = select(Declaration).where(one_of(Declaration.id, declaration_ids))
    rows = session.scalars(wanted.options(*WHOLE, selectinload(Declaration.comments).joinedload(DeclarationComment.account)))
    return {one.id: one for one in rows.unique()}


@dataclass(frozen=True)
class Use:
    """What a visit's vaccination has prolonged or consumed: to which definition it was told, and when it was used."""

    definition_id: int
    at: datetime


def uses(session: Session, visit_ids: Collection[int]) -> dict[int, Use]:
    """By visit."""
    wanted = select(DeclarationUse.visit_id, DefinitionVersion.definition_id, DeclarationUse.at)
    wanted = wanted.join(Declaration, Declaration.id == DeclarationUse.declaration_id).join(Declaration.version)
    rows = session.execute(wanted.where(one_of(DeclarationUse.visit_id, visit_ids)))
    return {row.visit_id: Use(row.definition_id, row.at) for row in rows}


@dataclass(frozen=True)
class Stand:
    """How it stands with the declaration of a visit that asks for one, or that has one."""

    definition_id: int | None
    """That is asked for."""
    known: Known | None
    """That serves it."""
    beside: Known | None = None
    """What counted before, where what serves came by the clinic's own link: whoever knows somebody's number can send that, so
    it makes nothing milder."""
    others: Sequence[Known] = ()
    """Where nothing serves: what holds of what was told to other questions, as by the clinic's own link."""


def stands(session: Session, provider_id: int, visits: Sequence[Visit]) -> dict[int, Stand]:
    """By visit id, where there is anything to say. Three statements, however many visits."""
    asked = required(session, {visit.booking.type_id for visit in visits})
    told = known(session, provider_id, {visit.person_id for visit in visits})
    used = uses(session, [visit.id for visit in visits]) if told else {}
    found = {
        visit.id: _stand(visit, asked.get(visit.booking.type_id), told.get(visit.person_id, ()), used.get(visit.id))
        for visit in visits
    }
    return {visit_id: stand for visit_id, stand in found.items() if stand.definition_id is not None or stand.known is not None}


def _stand(visit: Visit, definition_id: int | None, told: Sequence[Known], use: Use | None) -> Stand:
    serves = serving(visit, definition_id, told, use)
    if serves is None:
        others = (one for one in _counting(told) if one.definition_id != definition_id and one.holds(visit.booking.day))
        return Stand(definition_id, None, others=tuple(others))
    if serves.told_by is not ActorKind.STRANGER:
        return Stand(definition_id, serves)
    return Stand(definition_id, serves, serving(visit, definition_id, _vouched(told), use))


def _vouched(told: Sequence[Known]) -> list[Known]:
    return [one for one in told if one.told_by is not ActorKind.STRANGER]


def _counting(told: Sequence[Known]) -> list[Known]:
    """Of each definition the latest, and the latest that no stranger told."""
    return list(dict.fromkeys([*_newest_of_each(told), *_newest_of_each(_vouched(told))]))


def serving(visit: Visit, definition_id: int | None, told: Sequence[Known], use: Use | None) -> Known | None:
    """The latest that was told for the visit, or to what it asks for and still holds then; where another visit has used that
    up, what was told for this one all the same. Of a visit that is done, the latest there was then: that was gone through.

    `told`: all of the person's, the newest first.
    """
    if use is not None:
        return next((one for one in told if one.definition_id == use.definition_id and one.sent_at <= use.at), None)
    mine = [one for one in told if one.visit_id == visit.id and one.vaccinations == 0]
    for one in _newest_of_each(told):
        if one in mine or (one.definition_id == definition_id and one.holds(visit.booking.day)):
            return one
    return mine[0] if mine else None


def consumed(visit: Visit, stand: Stand, told: Sequence[Known]) -> Known | None:
    """Which one a vaccination at this visit prolongs or consumes: what serves it; but what is good for one vaccination alone
    and was told for another visit stays for that, where there is one that was told for this."""
    serves = stand.known
    if serves is None or serves.visit_id == visit.id or serves.validity_days is not None:
        return serves
    mine = (one for one in told if one.visit_id == visit.id and one.definition_id == serves.definition_id)
    return next((one for one in mine if one.vaccinations == 0), serves)


def told_by_person(session: Session, declaration_id: int, person_id: int, provider_id: int) -> Declaration | None:
    """One that this very person has sent to this very provider, locked: comments are numbered one after the other."""
    mine = Declaration.id == declaration_id, Declaration.person_id == person_id, Declaration.provider_id == provider_id
    return session.scalar(select(Declaration).where(*mine, Declaration.sent_at.is_not(None)).with_for_update())


def old(session: Session, provider_id: int, before: datetime) -> dict[int, int]:
    """A provider's declarations that were sent, or never sent and last touched, before then: whose each is, by its id."""
    answered = select(func.max(DeclarationAnswer.answered_at)).where(DeclarationAnswer.declaration_id == Declaration.id)
    touched = func.coalesce(Declaration.sent_at, answered.scalar_subquery(), Declaration.started_at)
    wanted = select(Declaration.id, Declaration.person_id).where(Declaration.provider_id == provider_id, touched < before)
    return {row.id: row.person_id for row in session.execute(wanted.order_by(Declaration.id))}


def needed(session: Session, provider_id: int, person_ids: Collection[int], day: date) -> set[int]:
    """Ids of what these persons have told that holds still that day, or was told for a visit to come or serves one."""
    told = known(session, provider_id, person_ids).values()
    counting = (one for all_ in told for one in _counting(all_))
    holding = {one.id for one in counting if one.good_until is not None and one.good_until >= day}
    coming = select(Visit).join(Visit.booking).join(Booking.clinic).join(Clinic.unit)
    coming = coming.where(one_of(Visit.person_id, person_ids), Booking.cancelled_at.is_(None), Booking.day >= day)
    coming = coming.where(CareUnit.provider_id == provider_id).options(contains_eager(Visit.booking))
    visits = {visit.id: visit for visit in session.scalars(coming)}
    theirs = {one.id for all_ in told for one in all_ if one.visit_id in visits and one.vaccinations == 0}
    standing = stands(session, provider_id, list(visits.values())).values()
    serve = {one.id for stand in standing for one in (stand.known, stand.beside, *stand.others) if one is not None}
    return holding | theirs | serve
