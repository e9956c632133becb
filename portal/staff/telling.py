"""Reading a person's declarations, writing beside them, and filling one in together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.arrivals import use_cases as arrivals
from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.booking import queries as bookings
from journal_core.booking.model import Visit
from journal_core.clock import age_on
from journal_core.declarations import queries, rules, use_cases
from journal_core.declarations.form import About, Answer, Question, read_form
from journal_core.declarations.model import Declaration, DefinitionVersion
from journal_core.declarations.queries import Known, Stand
from journal_core.declarations.settings import choices
from journal_core.declarations.use_cases import Subject
from journal_core.keyring import KeyMissing, SealBroken
from journal_core.persons import queries as persons
from portal.staff.declarations import fact, shown
from portal.staff.present import who
from portal.staff.routes import blueprint, visit_here
from portal.web.answers import filled, read
from portal.web.forms import Form, posted
from portal.web.gate import assignment, staff_actor
from portal.web.i18n import language
from portal.web.services import now, services

LONGEST_COMMENT = 2000


@blueprint.get("/besok/<id:visit_id>/halsodeklaration")
def declarations(visit_id: int) -> Response:
    return _page(visit_id, Form())


def _page(visit_id: int, form: Form) -> Response:
    provider_id = _provider_id()
    with services().database.writing() as session:
        visit = visit_here(session, visit_id)
        stand = _stand(session, visit)
        serving = stand.known.id if stand.known else None
        offered, preset = choices(session, assignment().clinic, ()), _preset(session, stand)
        told = queries.known(session, provider_id, [visit.person_id]).get(visit.person_id, [])
        whole = queries.whole(session, [one.id for one in told])
        found = [shown(one, whole[one.id], serves=one.id == serving) for one in told]
        _log_seen(session, visit)
    page = render_template(
        "staff/declarations.html",
        visit=visit,
        who=who(visit),
        mark=fact(stand, services().keys) if stand.definition_id or stand.known else None,
        found=sorted(found, key=lambda one: not one.serves),
        can_fill_in=visit.booking.cancelled_at is None,
        others=[one for one in offered if one.id != preset] if visit.booking.cancelled_at is None else [],
        form=form,
        saved="sparat" in request.args,
        moment=now(),
    )
    return make_response(page, 422 if form.problems else 200)


def _log_seen(session: Session, visit: Visit) -> None:
    audit.record(
        session,
        staff_actor(),
        Action.SAW_DECLARATION,
        now(),
        persons=[visit.person_id],
        clinic_id=assignment().clinic_id,
        booking_id=visit.booking_id,
    )


def _preset(session: Session, stand: Stand) -> int:
    """The definition that is filled in unless another is chosen: what the visit asks for, else what was told for it, else the
    one for drop-in (domain §6)."""
    found = stand.definition_id or (stand.known.definition_id if stand.known else None)
    found = found or queries.serves_drop_in(session, assignment().clinic)
    return found or use_cases.system_definition(session, services().bank.of_system, now()).id


@blueprint.post("/besok/<id:visit_id>/halsodeklaration/<id:declaration_id>/kommentar")
def comment(visit_id: int, declaration_id: int) -> Response:
    form, field = posted(), f"kommentar-{declaration_id}"
    words = form.lines(field)
    if not words:
        form.wrong(field, _("Skriv en kommentar."))
    if len(words) > LONGEST_COMMENT:
        form.wrong(field, _("Skriv kortare, högst %(most)d tecken.", most=LONGEST_COMMENT))
    if form.problems:
        return _page(visit_id, form)
    with services().database.writing() as session:
        visit = visit_here(session, visit_id)
        found = queries.told_by_person(session, declaration_id, visit.person_id, _provider_id())
        if found is None:
            abort(404)
        if not use_cases.is_commented(services().keys, found, staff_actor(), words, form.text("nummer")):
            use_cases.comment(session, staff_actor(), services().keys, found, words, now())
    return redirect(url_for("staff.declarations", visit_id=visit_id, sparat=1), 303)


@blueprint.route("/besok/<id:visit_id>/halsodeklaration/fyll-i", methods=["GET", "POST"])
def fill_in(visit_id: int) -> Response:
    """Together with the person: all that is asked on one page. What an answer asks for beside it comes when it is saved.

    The form says which version was read out, and a reference of its own: sent twice it is saved once.
    """
    form, posting = posted(), request.method == "POST"
    with services().database.writing() as session:
        visit = visit_here(session, visit_id)
        if visit.booking.cancelled_at is not None:
            abort(404)
        stand = _stand(session, visit)
        version = _read_out(session, form) if posting else queries.newest(session, _chosen(session) or _preset(session, stand))
        about = About(age_on(visit.person.birth_date, visit.booking.day), visit.booking.type.category.reason.slug)
        whole = read_form(version.questions)
        chosen = {one.key: request.form.getlist(one.key) for one in whole}
        reference = form.text("reference") if posting else use_cases.new_reference()
        if not posting:
            form, chosen = _as_told(session, visit, version, stand.known)
        said = _said(form, chosen, whole, about)
        asked = rules.asked(whole, said, about)
        fresh = _fresh(form, asked) if posting else []
        if posting and form.fine and not fresh:
            _send_once(session, visit, version, about, said, reference)
            return redirect(url_for("staff.declarations", visit_id=visit_id, sparat=1), 303)
    if not posting:
        form.problems.clear()
    page = render_template(
        "staff/fill_in.html",
        visit=visit,
        who=who(visit),
        asked=asked,
        fresh=fresh,
        asked_at={field: one for one in asked for field in (one.key, f"{one.key}-mer")},
        chosen=chosen,
        form=form,
        version=version,
        reference=reference,
        here=request.full_path.rstrip("?"),
    )
    return make_response(page, 422 if form.problems or fresh else 200)


def _fresh(form: Form, asked: Sequence[Question]) -> list[Question]:
    """Follow-ups that did not stand on the page yet: they are asked before anything is saved, and are no mistakes."""
    if "shown" not in request.form:
        return []
    fresh = [one for one in asked if one.key not in form.lines("shown").split()]
    fields = {field for one in fresh for field in (one.key, f"{one.key}-mer")}
    form.problems[:] = [problem for problem in form.problems if problem.field not in fields]
    return fresh


def _stand(session: Session, visit: Visit) -> Stand:
    return queries.stands(session, _provider_id(), [visit]).get(visit.id, Stand(None, None))


def _chosen(session: Session) -> int | None:
    """Another definition than the visit asks for, if it is one that the clinic uses (domain §6)."""
    wanted = request.args.get("definition", type=int)
    return wanted if wanted in {one.id for one in choices(session, assignment().clinic, ())} else None


def _read_out(session: Session, form: Form) -> DefinitionVersion:
    """The version whose questions stood on the page, though there is a newer one by now, or it is used no longer."""
    named = form.text("version")
    number = int(named) if named.isascii() and named.isdecimal() and len(named) < 10 else 0
    found = queries.version(session, number, _provider_id())
    if found is None or not use_cases.is_reference(form.text("reference")):
        abort(404)
    return found


def _provider_id() -> int:
    return assignment().clinic.unit.provider_id


def _as_told(
    session: Session, visit: Visit, version: DefinitionVersion, serves: Known | None
) -> tuple[Form, dict[str, list[str]]]:
    """What was told before to the very same questions, to go through together; nothing where it can't be read."""
    if serves is None or serves.definition_id != version.definition_id:
        return Form(), {}
    known = queries.whole(session, [serves.id])[serves.id]
    try:
        before = use_cases.told(services().keys, known)
    except (KeyMissing, SealBroken):
        return Form(), {}
    form = {one.key: one for one in read_form(known.version.questions)}
    _log_seen(session, visit)
    data: dict[str, str] = {}
    chosen: dict[str, list[str]] = {}
    for question in read_form(version.questions):
        told = before.get(question.key) if form.get(question.key) == question else None
        chosen[question.key] = list(told.answer.values) if told else []
        data |= filled(question, told.answer if told else None, question.key)
    return Form(data), chosen


def _said(form: Form, chosen: Mapping[str, Sequence[str]], whole: Sequence[Question], about: About) -> dict[str, Answer]:
    """The answers to what is asked, one after the other, for each may ask for more."""
    said: dict[str, Answer] = {}
    while (waiting := next((one for one in rules.asked(whole, said, about) if one.key not in said), None)) is not None:
        answer = read(form, chosen.get(waiting.key, ()), waiting, waiting.key)
        if answer is None:
            whole = [one for one in whole if one.key != waiting.key]
        else:
            said[waiting.key] = answer
    return said


def _hold(session: Session, visit: Visit) -> None:
    """The person shared, then the booking (docs/locks.md): nobody is merged and no state changes while it is saved."""
    persons.person(session, visit.person_id, hold=True)
    bookings.booking(session, visit.booking_id, lock=True)
    session.refresh(visit)


def _is_same(before: Declaration, visit: Visit, version: DefinitionVersion, said: Mapping[str, Answer]) -> bool:
    try:
        told = use_cases.told(services().keys, before)
    except (KeyMissing, SealBroken):
        return False
    answers = {key: one.answer for key, one in told.items()}
    return (before.visit_id, before.version_id, answers) == (visit.id, version.id, said)


def _send_once(
    session: Session, visit: Visit, version: DefinitionVersion, about: About, said: Mapping[str, Answer], reference: str
) -> None:
    """What is the same to the letter was sent twice; something else, as after a step back, is another declaration."""
    clinic, moment, actor = assignment().clinic, now(), staff_actor()
    _hold(session, visit)
    before = queries.by_reference(session, reference)
    if before is not None and _is_same(before, visit, version, said):
        return
    reference = use_cases.new_reference() if before is not None else reference
    subject = Subject(visit.person_id, clinic.unit.provider_id, clinic.id, about, visit.id)
    made = use_cases.begin(session, actor, version, subject, None, moment, reference=reference)
    use_cases.answer(session, services().keys, made, said, language(), None, moment)
    use_cases.send(session, actor, services().keys, made, moment)
    arrivals.declared_late(session, visit, moment)
