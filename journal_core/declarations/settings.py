"""What a provider's administrators decide: definitions, which visits ask for one, what serves drop-in, how long all is kept."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from journal_core.actor import Actor
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.declarations import bank, queries, refusals, rules, use_cases
from journal_core.declarations.form import Question, Shipped
from journal_core.declarations.model import Definition, HiddenDefinition
from journal_core.organisation.model import CareProvider, Clinic
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.organisation.rules import chooses_its_own_drop_in, version_of
from journal_core.refusal import Refusal

LONGEST_KEPT = 600
"""Months."""


@dataclass(frozen=True)
class Told:
    """A definition as its form says it."""

    name: str
    purpose: str
    validity_days: int | None
    form: Sequence[Question]
    drop_in: bool
    """The provider's one for drop-in."""
    retired: bool
    hidden_at: frozenset[int]
    """Ids of clinics that don't use it."""


def version(session: Session, definition: Definition | None) -> str:
    """Another one as soon as anything of the definition's form is otherwise; None: it is not there yet."""
    if definition is None:
        return version_of(None)
    number, hidden = queries.newest(session, definition.id).number, sorted(queries.clinics_without(session, definition.id))
    told = definition.name, definition.purpose, definition.drop_in, definition.retired_at is not None
    return version_of((*told, number, hidden))


def save(
    session: Session, actor: Actor, provider_id: int, definition: Definition | None, told: Told, now: datetime, *, seen: str
) -> Definition:
    """A new one, or another version of one; `seen`: the version that the form showed. Call with the bank held (bank.hold).

    Raises Refusal: settings_changed, form_name_missing, form_name_taken, those of use_cases.define.
    """
    if seen != version(session, definition):
        raise Refusal(SETTINGS_CHANGED)
    if not told.name:
        raise Refusal(refusals.NAME_MISSING)
    named_anew = definition is None or definition.retired_at is not None or definition.name != told.name
    if named_anew and not told.retired and _called(session, provider_id, told.name) - {definition.id if definition else None}:
        raise Refusal(refusals.NAME_TAKEN)
    if definition is None:
        definition = use_cases.define(session, provider_id, told.name, told.purpose, told.form, told.validity_days, now)
    else:
        use_cases.change(session, definition, told.form, told.validity_days, now)
        definition.name, definition.purpose = told.name, told.purpose
    if told.drop_in:
        session.execute(update(Definition).where(Definition.provider_id == provider_id).values(drop_in=False))
    definition.drop_in = told.drop_in
    definition.retired_at = (definition.retired_at or now) if told.retired else None
    session.execute(delete(HiddenDefinition).where(HiddenDefinition.definition_id == definition.id))
    session.add_all(HiddenDefinition(definition_id=definition.id, clinic_id=clinic_id) for clinic_id in sorted(told.hidden_at))
    session.flush()
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)
    return definition


def _called(session: Session, provider_id: int, name: str) -> set[int]:
    """Ids of definitions in use with that name."""
    in_use = (one for one in queries.definitions(session, provider_id) if one.retired_at is None)
    return {one.id for one in in_use if one.name.casefold() == name.casefold()}


def _free_name(session: Session, provider_id: int, name: str) -> str:
    """The name, or the first with a number after it that no definition in use has."""
    names = itertools.chain([name], (f"{name} {n}" for n in itertools.count(2)))
    return next(one for one in names if not _called(session, provider_id, one))


def bring_in(session: Session, actor: Actor, provider_id: int, shipped: Sequence[Shipped], now: datetime) -> None:
    """The definitions that come with the program, as the provider's own to change and in the words of its bank, where a
    definition can be asked in them; those it has already stay as they are."""
    bank.hold(session, provider_id)
    have = {one.key for one in queries.definitions(session, provider_id)}
    worded = bank.worded(session, provider_id)
    for one in shipped:
        if one.key not in have:
            form = [worded.get(question.key, question) for question in one.form]
            sound = one.form if rules.faults(form) else form
            name = _free_name(session, provider_id, one.name)
            use_cases.define(session, provider_id, name, one.purpose, sound, one.validity_days, now, key=one.key)
    audit.record(session, actor, Action.SETTINGS_CHANGED, now)


def set_clinic(
    session: Session, actor: Actor, clinic: Clinic, required: Mapping[int, int | None], drop_in: int | None, now: datetime
) -> None:
    """Which definition each of the clinic's visit types asks for (None: none), and its own for drop-in (None: the provider's).

    Raises Refusal: unknown_definition.
    """
    if not {one.id for one in choices(session, clinic, list(required))}.issuperset({*required.values(), drop_in} - {None}):
        raise Refusal(refusals.UNKNOWN_DEFINITION)
    before = queries.required(session, list(required))
    for type_id, definition_id in required.items():
        if before.get(type_id) != definition_id:
            use_cases.require(session, type_id, definition_id)
    if chooses_its_own_drop_in(clinic) and queries.drop_in(session, clinic.id) != drop_in:
        use_cases.choose_for_drop_in(session, clinic.id, drop_in)
    audit.record(session, actor, Action.SETTINGS_CHANGED, now, clinic_id=clinic.id)


def choices(session: Session, clinic: Clinic, type_ids: Sequence[int]) -> list[Definition]:
    """Those that a clinic may choose among: its provider's, in use and not hidden there, and what is chosen already."""
    hidden = queries.hidden_at(session, clinic.id)
    chosen = {*queries.required(session, type_ids).values(), queries.drop_in(session, clinic.id)}
    found = queries.definitions(session, clinic.unit.provider_id)
    return [one for one in found if one.id in chosen or (one.retired_at is None and one.id not in hidden)]


def keep_for(session: Session, actor: Actor, provider: CareProvider, months: int | None, now: datetime) -> None:
    """Raises Refusal: kept_out_of_bounds (most)."""
    if months is not None and not 1 <= months <= LONGEST_KEPT:
        raise Refusal(refusals.KEPT_OUT_OF_BOUNDS, most=LONGEST_KEPT)
    if provider.declarations_kept_months != months:
        provider.declarations_kept_months = months
        audit.record(session, actor, Action.SETTINGS_CHANGED, now)
