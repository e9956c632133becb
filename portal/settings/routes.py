"""Where the settings begin, and the waiting-room screens. The other pages are registered with it.

The clinic is always the one of the assignment in use, and the provider that clinic's."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.access import queries, screens
from journal_core.access.model import Device
from journal_core.declarations.queries import definitions as definitions_of
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from portal.settings import declarations, guardians, reasons, residents, texts
from portal.settings.present import screen as shown
from portal.settings.room import blueprint, provider_here
from portal.web.forms import Form, posted
from portal.web.gate import assignment, staff_actor
from portal.web.page import staff_may
from portal.web.services import now, services

__all__ = ["blueprint"]
LONGEST_NAME = 60


@dataclass(frozen=True)
class Door:
    """A page of settings, with how they stand."""

    address: str
    name: str
    words: list[str]


@blueprint.get("")
def start() -> str:
    clinic = assignment().clinic
    return render_template(
        "settings/start.html",
        doors=[*(_doors() if staff_may("settings.residents") else []), _texts_door()],
        bookable=rules.can_be_booked_online(clinic),
        arrivals=rules.takes_arrivals(clinic),
        declarations=rules.has_declaration_link(clinic),
    )


def _doors() -> list[Door]:
    with services().database.reading() as session:
        provider = provider_here(session)
        defined = definitions_of(session, provider.id)
        known, asking = organisation.age_settings(session, provider.id), reasons.asking(session, provider)
        consent = guardians.lacks(session, provider) or str(guardians.GUARDIANS[provider.consenting_guardians])
    ages = [one.counts for one in guardians.ages(known, guardians.today())]
    return [
        Door(url_for("settings.residents"), _("Mottagningen för invånare"), residents.words(assignment().clinic)),
        Door(url_for("settings.reasons"), _("Besöksanledningar"), reasons.summary(asking)),
        Door(url_for("settings.guardians"), _("Vårdnadshavares samtycke"), [consent]),
        Door(url_for("settings.ages"), _("Åldrar som gäller"), ages),
        Door(url_for("settings.declarations"), _("Hälsodeklarationer"), declarations.words(defined)),
    ]


def _texts_door() -> Door:
    return Door(url_for("settings.texts"), _("Mottagningens texter"), texts.words())


@blueprint.route("/skarmar", methods=["GET", "POST"], endpoint="screens")
def screens_page() -> Response:
    """The clinic's waiting-room screens, and a form that adds one."""
    form = posted()
    if request.method == "POST":
        added = _added(form)
        if added is not None:
            return redirect(url_for("settings.screen", screen_id=added), 303)
    with services().database.reading() as session:
        found = [shown(device, services().vault, now()) for device in queries.devices(session, assignment().clinic_id)]
    registers = rules.screen_registers(assignment().clinic)
    page = render_template("settings/screens.html", screens=found, form=form, registers=registers)
    return make_response(page, 422 if form.problems else 200)


def _added(form: Form) -> int | None:
    name = form.text("name")[:LONGEST_NAME]
    if not name:
        form.wrong("name", _("Skriv var skärmen står, till exempel Väntrum plan 1."))
    if not form.fine:
        return None
    with services().database.writing() as session:
        return screens.add(session, staff_actor(), services().vault, assignment().clinic_id, name, now()).id


@blueprint.get("/skarmar/<id:screen_id>")
def screen(screen_id: int) -> str:
    with services().database.reading() as session:
        found = shown(_here(session, screen_id), services().vault, now())
    return render_template("settings/screen.html", screen=found, address=f"{services().site.base_url}/kiosk")


@blueprint.post("/skarmar/<id:screen_id>/ny-kod")
def new_code(screen_id: int) -> Response:
    with services().database.writing() as session:
        screens.renew_code(services().vault, _here(session, screen_id, lock=True), now())
    return redirect(url_for("settings.screen", screen_id=screen_id), 303)


@blueprint.post("/skarmar/<id:screen_id>/koppla-bort")
def revoke(screen_id: int) -> Response:
    with services().database.writing() as session:
        screens.revoke(session, staff_actor(), _here(session, screen_id, lock=True), now())
    return redirect(url_for("settings.screens"), 303)


def _here(session: Session, screen_id: int, *, lock: bool = False) -> Device:
    found = queries.device(session, screen_id, assignment().clinic_id, lock=lock)
    if found is None:
        abort(404)
    return found
