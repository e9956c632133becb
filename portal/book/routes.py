"""The steps of booking. Each POST answers 303 to the next, or the same form again with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from journal_core.access import queries as access
from journal_core.access import use_cases as drafts
from journal_core.arrivals.rules import opens_at
from journal_core.booking import queries, refusals
from journal_core.booking import use_cases as booking
from journal_core.booking.rules import is_late_cancellation, last_free_cancellation, time_of
from journal_core.catalogue import queries as catalogue
from journal_core.clock import local
from journal_core.consent import use_cases as consent
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import PolicyText
from journal_core.organisation.rules import AGE_PRESETS, takes_arrivals
from journal_core.refusal import Refusal
from portal.book.consent import asked_here, guardians, know_other_guardians, may_hide, read_consent
from portal.book.drafts import Step, alternatives, identity_of, load, open_clinic, window
from portal.book.family import children_to_choose, hindrance, nothing_to_ask, standing_in_the_way, ways_on, why_not_for_child
from portal.book.forms import Who, without_number
from portal.book.present import groups
from portal.web.acting import my_visit
from portal.web.consents import standings_of
from portal.web.declarations import wanted_of
from portal.web.elsewhere import elsewhere
from portal.web.forms import Form, posted
from portal.web.gate import resident_actor
from portal.web.limits import DRAFTS_BY_ADDRESS, HOLDS_BY_ADDRESS, address, spend
from portal.web.own_texts import falls_back
from portal.web.present import qr_svg
from portal.web.services import now, services
from portal.web.sessions import owner, resident_id
from portal.web.shapes import read_day
from portal.web.times import read_time, times, value_of
from portal.words import say

blueprint = Blueprint("book", __name__, url_prefix="/klinik/<id:clinic_id>/bokning")
DRAFT_ID = re.compile(r"[0-9a-f]{16}")
GONE = frozenset({refusals.TIME_TAKEN, refusals.TIME_PAST, refusals.HOLD_RAN_OUT})
"""Refusals about the time: answered with 409 and the nearest times."""


@blueprint.route("", methods=["GET", "POST"])
def visit(clinic_id: int) -> Response:
    form = posted() if request.method == "POST" else Form({"type": request.args.get("besokstyp", "")})
    chosen = _chosen_type(clinic_id, form) if request.method == "POST" else None
    if chosen is not None:
        return _begin(clinic_id, chosen)
    with services().database.reading() as session:
        clinic = open_clinic(session, clinic_id)
        settings = catalogue.provider_reasons(session, clinic.unit.provider_id)
        categories = catalogue.categories(session, [clinic_id])
        why_not = why_not_for_child(session, clinic, now())
        found = groups(clinic, categories, settings, form.text("type"), why_not)
        possible = any(group.why_not is None for group in found)
        others = () if possible else elsewhere(session, clinic, None, now())
    page = render_template(
        "book/visit.html",
        clinic=clinic,
        groups=found,
        possible=possible,
        others=others,
        foreign=falls_back(clinic, "welcome_booking") or any(falls_back(one.setting, "information") for one in found),
        form=form,
        draft=_own_draft_id(),
        gone="borta" in request.args,
        ended="slut" in request.args,
    )
    return make_response(page, 422 if form.problems else 200)


def _own_draft_id() -> str:
    """The draft that is being changed, from the address or the form; checked for its owner when it is used."""
    wanted = request.values.get("utkast", "")
    return wanted if DRAFT_ID.fullmatch(wanted) else ""


def _chosen_type(clinic_id: int, form: Form) -> int | None:
    """The type that was chosen, if the clinic offers it; else the form says what is wrong."""
    typed = form.text("type")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    with services().database.reading() as session:
        open_clinic(session, clinic_id)
        kind = catalogue.visit_type(session, number, clinic_id)
    offered = kind is not None and not (kind.retired_at or kind.category.retired_at or kind.category.invisible_online)
    if not offered:
        form.wrong("type", _("Välj vad besöket gäller."))
    return number if form.fine else None


def _begin(clinic_id: int, type_id: int) -> Response:
    """Goes on with the draft that is being changed, else with a new one. Times held before are let go: nobody's own
    earlier choice stands in the way."""
    spend("drafts", address(), DRAFTS_BY_ADDRESS)
    vault, moment = services().vault, now()
    with services().database.writing() as session:
        booking.release(session, open_clinic(session, clinic_id), access.open_drafts(session, owner(), clinic_id), moment)
        draft = access.draft(session, _own_draft_id(), owner(), moment, lock=True)
        if draft is None or draft.clinic_id != clinic_id or draft.booking_id is not None:
            draft_id = drafts.start_draft(session, vault, owner(), clinic_id, {"type": type_id}, moment)
        else:
            draft_id = draft.id
            drafts.write_draft(vault, draft, {**drafts.read_draft(vault, draft), "type": type_id}, moment)
        return redirect(url_for("book.time", clinic_id=clinic_id, draft_id=draft_id), 303)


@blueprint.route("/<draft:draft_id>/tid", methods=["GET", "POST"])
def time(clinic_id: int, draft_id: str) -> Response | str:
    form = posted()
    if request.method == "GET":
        return _time_page(clinic_id, draft_id, form)
    wanted = read_time(form.text("start"))
    if wanted is None:
        form.wrong("start", _("Välj en tid."))
    if wanted is None or not form.fine:
        return make_response(_time_page(clinic_id, draft_id, form), 422)
    spend("holds", address(), HOLDS_BY_ADDRESS)
    try:
        with services().database.writing() as session:
            step = load(session, clinic_id, draft_id, lock=True)
            step.hold = booking.hold(
                session, step.clinic, step.kind, wanted, draft_id, step.moment, length=services().hold_length
            )
            step.write(time=value_of(wanted))
            if nothing_to_ask(step):
                step.keep_who(step.who_form())
            return redirect(step.address("check" if "who" in step.content else "who"), 303)
    except Refusal as refusal:
        return _gone(clinic_id, draft_id, refusal, form.text("start"))


def _time_page(clinic_id: int, draft_id: str, form: Form) -> str:
    wanted = read_day(request.args.get("day"))
    with services().database.reading() as session:
        step = load(session, clinic_id, draft_id)
        today = local(step.moment).date()
        asked_from = read_day(request.args.get("fran"))
        first = max(asked_from or today, today)
        free, later = window(step, first)
        if asked_from is None and step.held and step.time:
            wanted = wanted or step.time.day
        if wanted is not None and wanted not in free and wanted >= today:
            first = wanted
            free, later = window(step, first)
        shown = times(free, wanted, later, earlier=first > today)
        slug = step.kind.category.reason.slug
        others = elsewhere(session, step.clinic, slug, step.moment) if shown.nearest is None else ()
    near = shown.nearest is not None and shown.nearest.day <= today + queries.SOON
    return render_template(
        "book/time.html",
        clinic=step.clinic,
        step=step,
        times=shown,
        others=others,
        form=form,
        first=first,
        here=partial(step.address, "time"),
        autosearch=step.clinic.autosearch and near and first == today and step.held is None,
    )


def _gone(clinic_id: int, draft_id: str, refusal: Refusal, start: str) -> Response:
    """The time is gone: 409, the answers kept, the nearest times to choose from."""
    if refusal.code not in GONE:
        return redirect(url_for("book.visit", clinic_id=clinic_id, slut=1), 303)
    with services().database.reading() as session:
        step = load(session, clinic_id, draft_id)
        wanted = read_time(start) or step.time or read_time(str(step.content.get("time", "")))
        found = alternatives(step, wanted) if wanted else []
    form = Form({"start": start})
    form.wrong(f"t{value_of(found[0][0])}" if found else "step", say(refusal))
    page = render_template("book/gone.html", clinic=step.clinic, step=step, form=form, alternatives=found)
    return make_response(page, 409)


@blueprint.route("/<draft:draft_id>/vem", methods=["GET", "POST"])
def who(clinic_id: int, draft_id: str) -> Response | str:
    if request.method == "GET":
        with services().database.reading() as session:
            step = load(session, clinic_id, draft_id)
            if step.time is None:
                return redirect(step.address("time"), 303)
            return _who_page(step, step.who_form(typed=True), 200)
    form = posted()
    with services().database.writing() as session:
        step = load(session, clinic_id, draft_id, lock=True)
        read = step.who(form)
        refused = [] if read is None else list(standing_in_the_way(step, read.coming))
        if read is not None:
            _say_whose(step, read, form, refused)
        if read is None or not form.fine or hindrance(step):
            step.keep_typed(form)
            return _who_page(step, form, 422, refused)
        step.keep_who(form)
        return redirect(step.address("check"), 303)


ABOUT_A_PERSON = frozenset({refusals.TOO_YOUNG, refusals.TOO_OLD, refusals.BOOKS_ALONE, refusals.SAME_PERSON_TWICE})


def _say_whose(step: Step, read: Who, form: Form, refused: Sequence[Refusal]) -> None:
    """At each person's own field what stands in the way; of whoever is known the page says it itself."""
    for refusal in refused:
        if refusal.code in ABOUT_A_PERSON and step.known is None:
            block = read.blocks[int(str(refusal.facts["person"])) - 1]
            field = "birth_date" if without_number(form, block) else "identity"
            form.wrong(f"person-{block}-{field}", say(Refusal(refusal.code, **{**refusal.facts, "person": block})))


def _who_page(step: Step, form: Form, status: int, refused: Sequence[Refusal] = ()) -> Response:
    without, numbered = _blocks("utan"), _blocks("med")
    unnumbered = [n for n in range(1, step.persons + 1) if n not in numbered and (n in without or without_number(form, n))]
    page = render_template(
        "book/who.html",
        clinic=step.clinic,
        step=step,
        form=form,
        unnumbered=unnumbered,
        children=children_to_choose(step),
        hindrance=hindrance(step),
        earlier=booking.link_of(services().vault, step.earlier) if step.earlier else None,
        ways=ways_on(step, refused or (list(standing_in_the_way(step, [step.known])) if step.known else [])),
    )
    return make_response(page, status)


def _blocks(name: str) -> set[int]:
    """Numbers of persons' blocks in the address, as 1,3."""
    return {int(n) for n in request.args.get(name, "").split(",") if n.isascii() and n.isdecimal() and len(n) < 3}


@blueprint.route("/<draft:draft_id>/kontrollera", methods=["GET", "POST"])
def check(clinic_id: int, draft_id: str) -> Response | str:
    form = posted()
    know_other_guardians()
    if request.method == "GET":
        return _check_page(clinic_id, draft_id, form)
    if not form.ticked("policy"):
        form.wrong("policy", _("Läs om personuppgifter och kryssa i rutan."))
    try:
        _confirm(clinic_id, draft_id, form)
    except Unfinished:
        return _check_page(clinic_id, draft_id, form)
    except Refusal as refusal:
        if refusal.code == refusals.POLICY_CHANGED:
            form.wrong("policy", say(refusal))
            return _check_page(clinic_id, draft_id, form)
        if refusal.code in GONE:
            return _gone(clinic_id, draft_id, refusal, "")
        form.wrong("step", say(refusal))
        return _check_page(clinic_id, draft_id, form, earlier=refusal.facts.get("booking_id"))
    return redirect(url_for("book.done", clinic_id=clinic_id, draft_id=draft_id), 303)


class Unfinished(Exception):
    """The check page's form says what is missing; nothing was booked."""


def _confirm(clinic_id: int, draft_id: str, form: Form) -> None:
    with services().database.writing() as session:
        step = load(session, clinic_id, draft_id, lock=True)
        read = step.who(step.who_form())
        if read is None:
            raise Refusal(refusals.DRAFT_GONE)
        policy = organisation.policy(session, step.clinic.unit.provider_id, step.moment)
        given = read_consent(step, form, asked_here(step, read.coming))
        if not form.fine:
            raise Unfinished
        if policy is not None and form.text("policy_text") != str(policy.id):
            raise Refusal(refusals.POLICY_CHANGED)
        order = _order(step, read, policy, hide=may_hide(step) and form.ticked("hide"))
        consent.confirm(session, resident_actor(), services().tools, step.draft, order, guardians(step), given, step.moment)


def _order(step: Step, read: Who, policy: PolicyText | None, *, hide: bool) -> booking.Order:
    provider_id, day = step.clinic.unit.provider_id, local(step.moment).date()
    ages = organisation.ages_in_force(step.session, [provider_id], day)[provider_id] if step.child else AGE_PRESETS
    return booking.Order(
        step.clinic,
        step.kind,
        read.coming,
        read.recipient,
        policy,
        identity_of(step.booker),
        step.setting,
        hidden_from_guardians=hide,
        acting_for=identity_of(step.child),
        ages=ages,
    )


def _check_page(clinic_id: int, draft_id: str, form: Form, *, earlier: object = None) -> Response:
    """`earlier`: id of the person's own booking that stands in the way."""
    with services().database.reading() as session:
        step = load(session, clinic_id, draft_id)
        policy = organisation.policy(session, step.clinic.unit.provider_id, step.moment)
        found = queries.booking(session, earlier) if isinstance(earlier, int) else None
        read = step.who(step.who_form()) if "who" in step.content else None
        asked = asked_here(step, read.coming) if read else None
    if step.time is None or read is None:
        return redirect(step.address("time" if step.time is None else "who"), 303)
    page = render_template(
        "book/check.html",
        clinic=step.clinic,
        step=step,
        form=form,
        who=read,
        consent=asked,
        may_hide=may_hide(step),
        policy=policy,
        earlier=booking.link_of(services().vault, found) if found else None,
        last_free=last_free_cancellation(step.clinic, step.time),
        late=is_late_cancellation(step.clinic, step.time, step.moment),
    )
    return make_response(page, 422 if form.problems else 200)


@blueprint.post("/<draft:draft_id>/mer-tid")
def more_time(clinic_id: int, draft_id: str) -> Response:
    spend("holds", address(), HOLDS_BY_ADDRESS)
    back = {"who": "who", "check": "check"}.get(request.form.get("back", ""), "who")
    try:
        with services().database.writing() as session:
            step = load(session, clinic_id, draft_id, lock=True)
            booking.extend(session, step.clinic, draft_id, step.moment, length=services().hold_length)
            step.write()
            return redirect(step.address(back), 303)
    except Refusal as refusal:
        return _gone(clinic_id, draft_id, refusal, "")


@blueprint.get("/<draft:draft_id>/klart")
def done(clinic_id: int, draft_id: str) -> str:
    with services().database.reading() as session:
        draft = access.draft(session, draft_id, owner(), now(), person_id=resident_id())
        if draft is None or draft.booking_id is None:
            abort(404)
        made = queries.booking(session, draft.booking_id)
        mine = my_visit(session, made) if made is not None else None
        stand = standings_of(session, [made]).get(mine.id) if made is not None and mine is not None else None
        declarations = wanted_of(session, made) if made is not None else []
    if made is None or made.clinic_id != clinic_id:
        abort(404)
    vault, moment = services().vault, time_of(made)
    link, arrival = booking.link_of(vault, made), booking.arrival_link_of(vault, made)
    arrival_address = services().site.base_url + url_for("arrive.ticket", token=arrival)
    return render_template(
        "book/done.html",
        clinic=made.clinic,
        booking=made,
        stand=stand,
        declarations=declarations,
        hidden=mine is not None and mine.hidden_from_guardians,
        time=moment,
        link=link,
        arrival=arrival,
        qr=qr_svg(arrival_address, _("QR-kod som anmäler att du är här")),
        last_free=last_free_cancellation(made.clinic, moment),
        late=is_late_cancellation(made.clinic, moment, now()),
        opens_at=opens_at(made),
        takes_arrivals=takes_arrivals(made.clinic),
    )
