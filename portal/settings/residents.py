"""What residents can do at the clinic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.organisation import refusals, rules, settings
from journal_core.organisation.model import Clinic
from journal_core.organisation.rules import ResidentSettings
from journal_core.refusal import Refusal
from portal.settings.room import Switch, blueprint, changed_meanwhile, here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.words import say

NAMES = tuple(field.name for field in fields(ResidentSettings))
FIELDS = {
    refusals.BOOKING_NEEDS_MODULES: "booking",
    refusals.DROP_IN_NEEDS_MODULES: "drop_in",
    refusals.EID_NEEDS_MODULE: "eid_booking",
    refusals.ONLY_ONESELF_NEEDS_EID: "eid_only_oneself",
    refusals.LINK_NEEDS_MODULES: "declaration_link",
    refusals.EID_TO_DECLARE_NEEDS_MODULE: "eid_declaration",
}
SAID: Mapping[str, tuple[LazyString, LazyString]] = {
    "visible": (_l("Syns på startsidan"), _l("Mottagningen finns på startsidans karta och i listan.")),
    "booking": (_l("Bokning på nätet"), _l("Invånare kan boka tid på mottagningens sida.")),
    "drop_in": (_l("Drop-in"), _l("Mottagningen visas för den som vill komma utan bokad tid.")),
    "eid_booking": (
        _l("E-legitimation vid bokning"),
        _l("Den som bokar måste logga in, när besöksanledningen kräver det. Det ställer ni in för varje besöksanledning."),
    ),
    "eid_only_oneself": (
        _l("Bara åt sig själv"),
        _l("Vårdnadshavare kan inte boka åt sina barn när e-legitimation krävs. Kräver E-legitimation vid bokning."),
    ),
    "declaration_link": (
        _l("Direktlänk till hälsodeklarationen"),
        _l("Hälsodeklarationen har en egen adress, för en länk eller en QR-kod. Den gäller drop-in."),
    ),
    "eid_declaration": (
        _l("E-legitimation för hälsodeklarationen"),
        _l("Den som svarar på frågorna om hälsan måste logga in."),
    ),
}
"""Each setting's name and what it does."""
STANDS: Mapping[str, tuple[LazyString, LazyString, LazyString]] = {
    "visible": (_l("Syns på startsidan."), _l("Syns inte på startsidan."), _l("Syns inte på startsidan.")),
    "booking": (
        _l("Tar emot bokningar på nätet."),
        _l("Tar inte emot bokningar på nätet."),
        _l("Bokning på nätet är på men utan verkan, för en modul är av."),
    ),
    "drop_in": (
        _l("Tar emot drop-in."),
        _l("Tar inte emot drop-in."),
        _l("Drop-in är på men utan verkan, för en modul är av."),
    ),
    "eid_booking": (
        _l("E-legitimation kan krävas."),
        _l("E-legitimation krävs aldrig."),
        _l("E-legitimation är på men utan verkan, för en modul är av."),
    ),
    "eid_only_oneself": (
        _l("Med e-legitimation bokar man bara åt sig själv."),
        _l("Med e-legitimation kan vårdnadshavare boka åt sina barn."),
        _l("Bara åt sig själv är på men utan verkan."),
    ),
    "declaration_link": (
        _l("Hälsodeklarationen har en egen länk."),
        _l("Hälsodeklarationen har ingen egen länk."),
        _l("Direktlänken till hälsodeklarationen är på men utan verkan, för en modul är av."),
    ),
    "eid_declaration": (
        _l("Hälsodeklarationen kräver e-legitimation."),
        _l("Hälsodeklarationen kräver inte e-legitimation."),
        _l("E-legitimation för hälsodeklarationen är på men utan verkan, för en modul är av."),
    ),
}
"""How it stands with each: on, off, on without effect."""


def words(clinic: Clinic) -> list[str]:
    """How the clinic's settings stand."""
    return [str(_stands(clinic, name)) for name in NAMES if name != "eid_only_oneself" or clinic.eid_booking]


def _stands(clinic: Clinic, name: str) -> LazyString:
    on, off, idle = STANDS[name]
    if not getattr(clinic, name):
        return off
    return idle if _missing(clinic, name) else on


def _missing(clinic: Clinic, name: str) -> list[Refusal]:
    """Why this setting by itself can't be on."""
    alone = {other: other == name for other in NAMES}
    alone["eid_booking"] |= name == "eid_only_oneself"
    return rules.resident_refusals(clinic, ResidentSettings(**alone))


def _switches(clinic: Clinic) -> list[Switch]:
    found = []
    for name in NAMES:
        label, does = SAID[name]
        lacks = next((say(refusal) for refusal in _missing(clinic, name)), None)
        found.append(Switch(name, str(label), str(does), lacks))
    return found


@blueprint.route("/invanare", methods=["GET", "POST"], endpoint="residents")
def residents_page() -> Response:
    form = posted()
    if request.method == "POST" and saved(form, FIELDS, lambda session: _change(session, form)):
        return redirect(url_for("settings.residents", sparat=1), 303)
    with services().database.reading() as session:
        clinic = here(session)
    standing = rules.resident_settings(clinic)
    if request.method == "GET":
        form = Form({name: "1" for name in NAMES if getattr(standing, name)})
    page = render_template(
        "settings/residents.html",
        form=form,
        switches=_switches(clinic),
        version=rules.version_of(standing),
        stands=words(clinic) if changed_meanwhile(form) else [],
        saved="sparat" in request.args,
    )
    return shown(page, form)


def _change(session: Session, form: Form) -> list[Refusal]:
    clinic = here(session)
    wanted = ResidentSettings(**{name: form.ticked(name) for name in NAMES})
    refused = rules.resident_refusals(clinic, wanted)
    if not refused:
        settings.change_clinic(session, staff_actor(), clinic, wanted, now(), seen=form.text("version"))
    return refused
