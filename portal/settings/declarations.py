"""Health declarations: what is asked, at which visits, and how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import queries as catalogue
from journal_core.declarations import bank, queries, refusals, rules, settings
from journal_core.declarations.form import Question, read_form
from journal_core.declarations.model import Definition, DefinitionVersion
from journal_core.declarations.settings import Told
from journal_core.organisation import queries as organisation
from journal_core.organisation.refusals import SETTINGS_CHANGED
from journal_core.organisation.rules import chooses_its_own_drop_in
from journal_core.refusal import Refusal
from portal.settings.questions import listed
from portal.settings.room import blueprint, changed_meanwhile, here, provider_here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.words import say

LONGEST_NAME = 80
FIELDS = {
    refusals.UNKNOWN_DEFINITION: "mottagningen",
    refusals.KEPT_OUT_OF_BOUNDS: "months",
    refusals.NAME_MISSING: "name",
    refusals.NAME_TAKEN: "name",
    refusals.VALIDITY: "validity_days",
    refusals.NO_QUESTIONS: "fragor",
}


def words(definitions: Sequence[Definition]) -> list[str]:
    count = sum(one.retired_at is None for one in definitions)
    return [ngettext("%(num)d hälsodeklaration.", "%(num)d hälsodeklarationer.", count)]


@blueprint.route("/halsodeklarationer", methods=["GET", "POST"], endpoint="declarations")
def declarations_page() -> Response:
    """The provider's definitions, and what this clinic's visits ask for."""
    form = posted()
    if request.method == "POST" and saved(form, FIELDS, lambda session: _set(session, form)):
        return redirect(url_for("settings.declarations", sparat=1), 303)
    with services().database.reading() as session:
        clinic = here(session)
        found = queries.definitions(session, clinic.unit.provider_id)
        newest = queries.newest_of(session, clinic.unit.provider_id)
        of_provider = queries.serves_drop_in(session, clinic, own=False)
        kinds = catalogue.types_of_clinic(session, clinic.id)
        choices = settings.choices(session, clinic, [kind.id for kind in kinds])
        if request.method == "GET":
            required = queries.required(session, [kind.id for kind in kinds])
            data = {f"type-{type_id}": str(definition_id) for type_id, definition_id in required.items()}
            data["drop_in"] = str(queries.drop_in(session, clinic.id) or "")
            data["months"] = str(clinic.unit.provider.declarations_kept_months or "")
            form = Form(data)
    page = render_template(
        "settings/declarations.html",
        form=form,
        found=found,
        newest=newest,
        choices=choices,
        kinds=kinds,
        of_provider=next((one.name for one in found if one.id == of_provider), services().bank.of_system.name),
        own_drop_in=chooses_its_own_drop_in(clinic),
        shipped={one.key for one in services().bank.definitions} - {one.key for one in found},
        saved="sparat" in request.args,
    )
    return shown(page, form)


def _set(session: Session, form: Form) -> list[Refusal]:
    clinic = here(session)
    kinds = catalogue.types_of_clinic(session, clinic.id)
    on_the_page = [kind for kind in kinds if f"type-{kind.id}" in form.data]
    required = {kind.id: _number(form, f"type-{kind.id}") for kind in on_the_page}
    months = form.figures("months")
    settings.set_clinic(session, staff_actor(), clinic, required, _number(form, "drop_in"), now())
    kept = (int(months) if months.isdecimal() and len(months) < 5 else 0) if months else None
    settings.keep_for(session, staff_actor(), clinic.unit.provider, kept, now())
    return []


def _number(form: Form, name: str) -> int | None:
    """An id of the form's; 0, which nothing has, for nonsense."""
    typed = form.text(name)
    return (int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0) if typed else None


@blueprint.post("/halsodeklarationer/hamta")
def bring_in() -> Response:
    """Those that come with the program."""
    with services().database.writing() as session:
        provider = provider_here(session)
        settings.bring_in(session, staff_actor(), provider.id, services().bank.definitions, now())
    return redirect(url_for("settings.declarations", sparat=1), 303)


@blueprint.route("/halsodeklarationer/ny", methods=["GET", "POST"])
def new_definition() -> Response:
    return _definition_page(None)


@blueprint.route("/halsodeklarationer/<id:definition_id>", methods=["GET", "POST"])
def definition(definition_id: int) -> Response:
    return _definition_page(definition_id)


@dataclass(frozen=True)
class Row:
    """A question that may be asked, with the field for its place."""

    name: str
    question: Question
    waits: bool
    """Asked only after some answer, at some age or at some visits."""


def _definition_page(definition_id: int | None) -> Response:
    form = posted()
    with services().database.reading() as session:
        provider = provider_here(session)
        found = _here(session, definition_id) if definition_id else None
        clinics = organisation.clinics_of_provider(session, provider.id)
        known = _questions(session, found)
        hidden = queries.clinics_without(session, found.id) if found else set()
        latest = queries.newest(session, found.id) if found else None
        version = settings.version(session, found)
    if request.method == "POST":
        told = _told(form, known, latest, {clinic.id for clinic in clinics})

        def change(session: Session) -> list[Refusal]:
            bank.hold(session, provider.id)
            mine = _here(session, definition_id) if definition_id else None
            fresh = _questions(session, mine)
            if any(one.key not in fresh for one in told.form):
                raise Refusal(SETTINGS_CHANGED)
            form_now = [fresh[one.key] for one in told.form]
            seen = form.text("version")
            settings.save(session, staff_actor(), provider.id, mine, replace(told, form=form_now), now(), seen=seen)
            return []

        if _sound(form, told) and saved(form, FIELDS, change):
            return redirect(url_for("settings.declarations", sparat=1), 303)
    else:
        form = Form(_data(found, latest, hidden))
    if changed_meanwhile(form):
        with services().database.reading() as session:
            version = settings.version(session, _here(session, definition_id) if definition_id else None)
    page = render_template(
        "settings/definition.html",
        form=form,
        version=version if changed_meanwhile(form) else form.text("version") or version,
        definition=found,
        rows=[Row(f"q-{one.key}", one, _waits(one)) for one in known.values()],
        clinics=clinics,
        most=rules.LONGEST_VALIDITY,
    )
    return shown(page, form)


def _here(session: Session, definition_id: int) -> Definition:
    found = queries.definition(session, definition_id, provider_here(session).id)
    if found is None:
        abort(404)
    return found


def _questions(session: Session, found: Definition | None) -> dict[str, Question]:
    """Those of the definition as it is worded there, and all others of the bank."""
    own = {one.key: one for one in read_form(queries.newest(session, found.id).questions)} if found else {}
    return own | {one.key: one for one in listed(session).values() if one.key not in own}


def _waits(question: Question) -> bool:
    return bool(question.after or question.reasons) or question.min_age is not None or question.max_age is not None


def _data(found: Definition | None, latest: DefinitionVersion | None, hidden: set[int]) -> dict[str, str]:
    if found is None or latest is None:
        return {}
    places = {f"q-{one['key']}": str(place) for place, one in enumerate(latest.questions, 1)}
    texts = {"name": found.name, "purpose": found.purpose, "validity_days": str(latest.validity_days or "")}
    flags = {name: "1" for name, on in (("retired", found.retired_at), ("drop_in", found.drop_in)) if on}
    return {**texts, **places, **flags, **{f"hidden-{clinic_id}": "1" for clinic_id in hidden}}


def _told(form: Form, known: Mapping[str, Question], latest: DefinitionVersion | None, clinics: set[int]) -> Told:
    places: dict[str, int] = {}
    for key in known:
        typed = form.figures(f"q-{key}")
        if typed and not (typed.isdecimal() and len(typed) < 4):
            form.wrong(f"q-{key}", _("Skriv platsen som ett heltal, eller lämna tomt."))
        elif typed:
            places[key] = int(typed)
    days = form.figures("validity_days")
    for name in ("name", "purpose"):
        if len(form.text(name)) > LONGEST_NAME:
            form.wrong(name, _("Skriv kortare, högst %(most)d tecken.", most=LONGEST_NAME))
    before = {one["key"]: place for place, one in enumerate(latest.questions, 1)} if latest else {}
    order = sorted(places, key=lambda key: (places[key], _pushed(before.get(key), places[key]), list(known).index(key)))
    return Told(
        name=form.text("name"),
        purpose=form.text("purpose"),
        validity_days=(int(days) if days.isdecimal() and len(days) < 5 else 0) if days else None,
        form=[known[key] for key in order],
        drop_in=form.ticked("drop_in"),
        retired=form.ticked("retired"),
        hidden_at=frozenset(clinic_id for clinic_id in clinics if form.ticked(f"hidden-{clinic_id}")),
    )


def _pushed(before: int | None, place: int) -> int:
    """Who comes first where two want one place: one that is moved up to it or is new, then who stood there, then one that is
    moved down to it."""
    return 0 if before is None or before > place else 1 if before == place else 2


def _sound(form: Form, told: Told) -> bool:
    """Every fault is said at its question."""
    for fault in rules.faults(told.form):
        form.wrong(f"q-{fault.question}" if fault.question else "fragor", say(Refusal(fault.code)))
    return form.fine


@blueprint.get("/halsodeklarationer/<id:definition_id>/visa")
def preview(definition_id: int) -> str:
    """As residents see the questions, all of them at once."""
    with services().database.reading() as session:
        found = _here(session, definition_id)
        whole = read_form(queries.newest(session, found.id).questions)
    names = {one.key: one for one in whole}
    return render_template("settings/preview.html", definition=found, questions=whole, names=names, form=Form())
