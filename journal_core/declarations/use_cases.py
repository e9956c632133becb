"""The verbs of declarations: define, begin, answer, send, use, comment."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from journal_core.actor import Actor, ActorKind
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking.model import Visit
from journal_core.declarations import queries, refusals, rules
from journal_core.declarations.form import About, Answer, Level, Question, Shipped, read_form, write_form
from journal_core.declarations.model import (
    Declaration,
    DeclarationAnswer,
    DeclarationComment,
    DeclarationUse,
    Definition,
    DefinitionVersion,
    DropInDefinition,
    RequiredDefinition,
)
from journal_core.declarations.queries import Known
from journal_core.keyring import KeyMissing, Keyring, SealBroken
from journal_core.refusal import Refusal
from journal_core.writing import insert_missing, keep_others_from_writing, upsert

REFERENCE_BYTES = 16


# --- what is asked --------------------------------------------------------------------------------------------------------


def define(
    session: Session,
    provider_id: int | None,
    name: str,
    purpose: str,
    form: Sequence[Question],
    validity_days: int | None,
    now: datetime,
    *,
    key: str | None = None,
) -> Definition:
    """A new definition with its first version. Raises Refusal: form_validity, or the first of rules.faults."""
    check(form, validity_days)
    made = Definition(provider_id=provider_id, key=key, name=name, purpose=purpose)
    made.versions = [DefinitionVersion(number=1, questions=write_form(form), validity_days=validity_days, created_at=now)]
    session.add(made)
    session.flush()
    return made


def check(form: Sequence[Question], validity_days: int | None) -> None:
    if validity_days is not None and not 1 <= validity_days <= rules.LONGEST_VALIDITY:
        raise Refusal(refusals.VALIDITY, most=rules.LONGEST_VALIDITY)
    for fault in rules.faults(form):
        raise Refusal(fault.code, question=fault.question)


def change(
    session: Session, made: Definition, form: Sequence[Question], validity_days: int | None, now: datetime
) -> DefinitionVersion:
    """What is asked from now on; whoever has begun finishes what they began. Nothing is written where nothing differs.

    Raises Refusal: as define.
    """
    check(form, validity_days)
    session.execute(select(Definition.id).where(Definition.id == made.id).with_for_update())
    latest = queries.newest(session, made.id)
    if latest.questions == write_form(form) and latest.validity_days == validity_days:
        return latest
    version = DefinitionVersion(
        definition=made, number=latest.number + 1, questions=write_form(form), validity_days=validity_days, created_at=now
    )
    session.add(version)
    session.flush()
    return version


def system_definition(session: Session, shipped: Shipped, now: datetime) -> Definition:
    """The system's own, as it is shipped now; written where it is missing or was shipped otherwise before."""
    found = queries.of_system(session, shipped.key)
    if found is None:
        keep_others_from_writing(session, Definition)
        found = queries.of_system(session, shipped.key)
    if found is None:
        return define(session, None, shipped.name, shipped.purpose, shipped.form, shipped.validity_days, now, key=shipped.key)
    change(session, found, shipped.form, shipped.validity_days, now)
    return found


def require(session: Session, type_id: int, definition_id: int | None) -> None:
    """From now on the visit type asks for this one, or for none."""
    session.execute(delete(RequiredDefinition).where(RequiredDefinition.type_id == type_id))
    if definition_id is not None:
        session.add(RequiredDefinition(type_id=type_id, definition_id=definition_id))
    session.flush()


def choose_for_drop_in(session: Session, clinic_id: int, definition_id: int | None) -> None:
    """The clinic's own: the old mark is removed before the new one is set (domain §6); None: its provider's serves."""
    session.execute(delete(DropInDefinition).where(DropInDefinition.clinic_id == clinic_id))
    if definition_id is not None:
        session.add(DropInDefinition(clinic_id=clinic_id, definition_id=definition_id))
    session.flush()


# --- answering ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """Whose it is, and for what."""

    person_id: int
    provider_id: int
    clinic_id: int
    about: About
    visit_id: int | None = None


def new_reference() -> str:
    return secrets.token_urlsafe(REFERENCE_BYTES)


def is_reference(typed: str) -> bool:
    """Whether it looks like one of ours."""
    return re.fullmatch(r"[A-Za-z0-9_-]{22}", typed) is not None


def begin(
    session: Session,
    actor: Actor,
    version: DefinitionVersion,
    subject: Subject,
    owner: str | None,
    now: datetime,
    *,
    reference: str | None = None,
) -> Declaration:
    """One without answers yet. A form that is sent once only brings its `reference`."""
    made = Declaration(
        reference=reference or new_reference(),
        person_id=subject.person_id,
        provider_id=subject.provider_id,
        clinic_id=subject.clinic_id,
        version=version,
        visit_id=subject.visit_id,
        reason=subject.about.reason,
        age=subject.about.age,
        owner=owner,
        started_at=now,
    )
    _say_who(made, actor)
    session.add(made)
    session.flush()
    return made


def take_over(declaration: Declaration, actor: Actor, owner: str | None, about: About) -> None:
    """Another browser goes on with it, as it is asked of whoever it is about now; what was said in others stays, and is not
    seen here by a link alone."""
    declaration.owner = owner
    declaration.age, declaration.reason = about.age, about.reason
    _say_who(declaration, actor)


def _say_who(declaration: Declaration, actor: Actor) -> None:
    declaration.told_by = actor.kind
    declaration.told_by_person_id = actor.id if actor.kind is ActorKind.RESIDENT else None
    declaration.told_by_account_id = actor.id if actor.kind is ActorKind.STAFF else None


def about(declaration: Declaration) -> About:
    return About(declaration.age, declaration.reason)


def form_of(declaration: Declaration) -> tuple[Question, ...]:
    return read_form(declaration.version.questions)


def answer(
    session: Session,
    keys: Keyring,
    declaration: Declaration,
    said: Mapping[str, Answer],
    language: str,
    owner: str | None,
    now: datetime,
) -> None:
    """Saves answers, in place of what was said before. Raises Refusal: declaration_sent. Call with it locked."""
    if declaration.sent_at is not None:
        raise Refusal(refusals.ALREADY_SENT)
    for question, given in said.items():
        kept = json.dumps({"values": given.values, "more": given.more, "language": language}, ensure_ascii=False)
        row = {
            "declaration_id": declaration.id,
            "question": question,
            "answer": keys.seal(answer_context(declaration.id, question), kept),
            "owner": owner,
            "answered_at": now,
        }
        insert = upsert(session, DeclarationAnswer).values(row)
        new = {name: insert.excluded[name] for name in ("answer", "owner", "answered_at")}
        session.execute(insert.on_conflict_do_update(index_elements=("declaration_id", "question"), set_=new))
    session.expire(declaration, ["answers"])


def copy_answers(session: Session, keys: Keyring, old: Declaration, new: Declaration, owner: str | None, now: datetime) -> None:
    """What was said before stands there to be changed, where the question is the same still and the answer fits it."""
    form = {one.key: one for one in form_of(new)}
    before = {one.key: one for one in form_of(old)}
    for key, said in told(keys, old).items():
        if key in form and form[key] == before.get(key):
            answer(session, keys, new, {key: said.answer}, said.language, owner, now)


@dataclass(frozen=True)
class Told:
    """An answer, in which language its question was read, and in which browser it was said."""

    answer: Answer
    language: str
    owner: str | None


def told(keys: Keyring, declaration: Declaration) -> dict[str, Told]:
    """All that was said, by question. Raises keyring.KeyMissing, keyring.SealBroken."""
    found = {}
    for row in declaration.answers:
        kept = json.loads(keys.open(answer_context(declaration.id, row.question), row.answer))
        found[row.question] = Told(Answer(tuple(kept["values"]), kept["more"]), kept["language"], row.owner)
    return found


def answer_context(declaration_id: int, question: str) -> str:
    """What a sealed answer is bound to."""
    return f"declaration-answer:{declaration_id}:{question}"


def summary_context(declaration_id: int) -> str:
    return f"declaration:{declaration_id}"


def comment_context(declaration_id: int, number: int) -> str:
    return f"declaration-comment:{declaration_id}:{number}"


def send(session: Session, actor: Actor, keys: Keyring, declaration: Declaration, now: datetime) -> None:
    """From now on it counts. Answers to what is not shown any more are dropped. Sent twice it is sent once.

    Raises Refusal: declaration_unfinished. Call with it locked.
    """
    if declaration.sent_at is not None:
        return
    form, said = form_of(declaration), {key: one.answer for key, one in told(keys, declaration).items()}
    if rules.unanswered(form, said, about(declaration)) is not None:
        raise Refusal(refusals.UNFINISHED)
    counted = rules.counted(form, said, about(declaration))
    hidden = said.keys() - counted.keys()
    session.execute(
        delete(DeclarationAnswer).where(
            DeclarationAnswer.declaration_id == declaration.id, DeclarationAnswer.question.in_(hidden)
        )
    )
    declaration.summary = keys.seal(summary_context(declaration.id), json.dumps(rules.deviating(form, counted)))
    declaration.sent_at = now
    _say_who(declaration, actor)
    session.flush()
    session.expire(declaration, ["answers"])
    _log(session, actor, Action.DECLARED, declaration, now)


def deviating(keys: Keyring, sent: Known | Declaration) -> dict[str, Level]:
    """How strongly each answer deviates that does, by question. Raises keyring.KeyMissing, keyring.SealBroken."""
    if sent.summary is None:
        return {}
    kept = json.loads(keys.open(summary_context(sent.id), sent.summary))
    return {key: Level(level) for key, level in kept.items()}


def _log(session: Session, actor: Actor, action: Action, declaration: Declaration, now: datetime) -> None:
    audit.record(session, actor, action, now, persons=[declaration.person_id], clinic_id=declaration.clinic_id)


# --- vaccinations ---------------------------------------------------------------------------------------------------------


def vaccinated(session: Session, visit: Visit, provider_id: int, now: datetime) -> None:
    """A vaccination prolongs or consumes one declaration (domain §6, queries.consumed); once a visit."""
    stand = queries.stands(session, provider_id, [visit]).get(visit.id)
    if stand is None or stand.known is None:
        return
    told = queries.known(session, provider_id, [visit.person_id])[visit.person_id]
    one = queries.consumed(visit, stand, told)
    if one is not None:
        row = {"visit_id": visit.id, "declaration_id": one.id, "at": now}
        insert_missing(session, DeclarationUse, [row], ("visit_id",))


def not_vaccinated(session: Session, visit_id: int) -> None:
    """That the visit was done is taken back: nothing was used."""
    session.execute(delete(DeclarationUse).where(DeclarationUse.visit_id == visit_id))


# --- staff ----------------------------------------------------------------------------------------------------------------


def comment(session: Session, actor: Actor, keys: Keyring, declaration: Declaration, text: str, now: datetime) -> None:
    """Call with it locked, so that comments are numbered one after the other."""
    number = len(declaration.comments) + 1
    sealed = keys.seal(comment_context(declaration.id, number), text)
    row = DeclarationComment(declaration_id=declaration.id, account_id=actor.id, at=now, number=number, text=sealed)
    session.add(row)
    session.flush()
    session.expire(declaration, ["comments"])
    _log(session, actor, Action.DECLARATION_COMMENTED, declaration, now)


def is_commented(keys: Keyring, declaration: Declaration, actor: Actor, text: str, number: str) -> bool:
    """Whether the same hand has written the same already since the form was shown, which expected this number: it was sent
    twice."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return False
    later = [row for row in declaration.comments if row.number >= int(number) and row.account_id == actor.id]
    try:
        return any(comment_text(keys, row) == text for row in later)
    except (KeyMissing, SealBroken):
        return False


def comment_text(keys: Keyring, row: DeclarationComment) -> str:
    return keys.open(comment_context(row.declaration_id, row.number), row.text)
