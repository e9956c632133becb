"""The ages that count, and how many of a child's guardians consent: for the whole provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.clock import local
from journal_core.organisation import queries, refusals, rules, settings
from journal_core.organisation.model import AgeKind, AgeSetting, CareProvider, Module
from journal_core.refusal import Refusal
from portal.settings.room import blueprint, provider_here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import say

AGES: Mapping[AgeKind, LazyString] = {
    AgeKind.GUARDIAN_BOOKS: _l("Vårdnadshavare bokar åt sitt barn tills det fyller %(years)d år."),
    AgeKind.GUARDIAN_READS: _l("Vårdnadshavare ser sitt barns uppgifter tills det fyller %(years)d år."),
    AgeKind.OWN_RECORD: _l("Man ser sina egna uppgifter från %(years)d års ålder."),
}
HEADINGS: Mapping[AgeKind, LazyString] = {
    AgeKind.GUARDIAN_BOOKS: _l("Boka åt sitt barn"),
    AgeKind.GUARDIAN_READS: _l("Se sitt barns uppgifter"),
    AgeKind.OWN_RECORD: _l("Se sina egna uppgifter"),
}
FIELDS = {refusals.AGE_OUT_OF_BOUNDS: "years", refusals.AGE_DAY_PAST: "first_day"}
GUARDIAN_FIELDS = {refusals.GUARDIANS_NEED_MODULE: "guardians-1", refusals.GUARDIANS_ONE_OR_TWO: "guardians-1"}
GUARDIANS: Mapping[int, LazyString] = {
    1: _l("Det räcker att en vårdnadshavare samtycker."),
    2: _l("Båda vårdnadshavarna ska samtycka."),
}


@dataclass(frozen=True)
class Age:
    """One of the ages, as it counts today, with what comes and what was."""

    kind: AgeKind
    heading: str
    counts: str
    since: date | None
    """None: nobody has set it, the preset counts."""
    coming: Sequence[AgeSetting]
    past: Sequence[AgeSetting]


def ages(known: Sequence[AgeSetting], today: date) -> list[Age]:
    return [_age(known, kind, today) for kind in AgeKind]


def _age(known: Sequence[AgeSetting], kind: AgeKind, today: date) -> Age:
    """`known` goes by day."""
    own = [one for one in known if one.kind is kind]
    begun, coming = [one for one in own if one.first_day <= today], [one for one in own if one.first_day > today]
    counts = str(AGES[kind]) % {"years": rules.age_in_force(own, kind, today)}
    return Age(kind, str(HEADINGS[kind]), counts, begun[-1].first_day if begun else None, coming, begun[:-1])


def today() -> date:
    return local(now()).date()


@blueprint.route("/aldrar", methods=["GET", "POST"], endpoint="ages")
def ages_page() -> Response:
    form = posted() if request.method == "POST" else Form({"first_day": today().isoformat()})
    if request.method == "POST" and _age_saved(form):
        return redirect(url_for("settings.ages", sparat=1), 303)
    with services().database.reading() as session:
        known = queries.age_settings(session, provider_here(session).id)
    page = render_template("settings/ages.html", form=form, ages=ages(known, today()), saved="sparat" in request.args)
    return shown(page, form)


def _age_saved(form: Form) -> bool:
    kind, typed, first_day = form.text("kind"), form.text("years"), read_day(form.text("first_day"))
    if kind not in set(AgeKind):
        form.wrong(f"kind-{AgeKind.GUARDIAN_BOOKS.value}", _("Välj vilken ålder du vill ändra."))
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        form.wrong("years", _("Skriv åldern i hela år, till exempel 15."))
    if first_day is None:
        form.wrong("first_day", _("Skriv datumet som år, månad och dag, till exempel 2026-12-01."))
    if not form.fine or first_day is None:
        return False
    return saved(form, FIELDS, lambda session: _set_age(session, AgeKind(kind), int(typed), first_day))


def _set_age(session: Session, kind: AgeKind, years: int, first_day: date) -> Sequence[Refusal]:
    settings.set_age(session, staff_actor(), provider_here(session), kind, years, first_day, now())
    return ()


def lacks(session: Session, provider: CareProvider) -> str | None:
    """Why nobody is asked for consent here, in a sentence."""
    modules = queries.provider_modules(session, provider.id)
    return None if Module.IVT_CONSENT in modules else say(Refusal(refusals.GUARDIANS_NEED_MODULE))


@blueprint.route("/samtycke", methods=["GET", "POST"], endpoint="guardians")
def guardians_page() -> Response:
    form = posted()
    if request.method == "POST" and _guardians_saved(form):
        return redirect(url_for("settings.guardians", sparat=1), 303)
    with services().database.reading() as session:
        provider = provider_here(session)
        missing = lacks(session, provider)
    if request.method == "GET":
        form = Form({"guardians": str(provider.consenting_guardians)})
    page = render_template(
        "settings/guardians.html", form=form, choices=GUARDIANS, lacks=missing, saved="sparat" in request.args
    )
    return shown(page, form)


def _guardians_saved(form: Form) -> bool:
    count = {str(one): one for one in GUARDIANS}.get(form.text("guardians"), 0)
    return saved(form, GUARDIAN_FIELDS, lambda session: _set_guardians(session, count))


def _set_guardians(session: Session, count: int) -> Sequence[Refusal]:
    settings.set_consenting_guardians(session, staff_actor(), provider_here(session), count, now())
    return ()
