"""What the provider asks of those who come for a reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import queries, refusals, rules, settings
from journal_core.catalogue.model import Reason, ReasonKind
from journal_core.catalogue.rules import ReasonSettings
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import CareProvider, Module
from journal_core.organisation.rules import version_of
from journal_core.refusal import Refusal
from portal.settings.room import Switch, blueprint, changed_meanwhile, provider_here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.i18n import listed
from portal.web.services import now, services
from portal.words import reason_name, say

KINDS: Mapping[ReasonKind, LazyString] = {
    ReasonKind.VACCINATION: _l("Vaccination"),
    ReasonKind.TRAVEL: _l("Resa och reserådgivning"),
    ReasonKind.OTHER: _l("Övrigt"),
}
FIELDS = {
    refusals.REASON_ONLY_INFORMS: "information",
    refusals.REASON_EID_NEEDS_MODULE: "eid_demanded",
    refusals.REASON_EID_NEEDS_CLINIC: "eid_demanded",
    refusals.CONSENT_NEEDS_MODULE: "digital_consent",
    refusals.CONSENT_NEEDS_EID: "digital_consent",
    refusals.CONSENT_NEEDS_AGE: "consent_until_age",
    refusals.CONSENT_AGE_NEEDS_CONSENT: "consent_until_age",
    refusals.CONSENT_AGE_WRONG: "consent_until_age",
    refusals.INFORMATION_TOO_LONG: "information",
}


@dataclass(frozen=True)
class Asking:
    """A provider's reasons, and what decides what their settings come to."""

    reasons: Sequence[Reason]
    settings: Mapping[int, ReasonSettings]
    """By reason id."""
    modules: Collection[Module]
    clinics: Mapping[bool, Sequence[str]]
    """Names by whether e-ID for booking is on."""

    def refused(self, kind: ReasonKind, wanted: ReasonSettings) -> list[Refusal]:
        return rules.reason_refusals(kind, wanted, self.modules, clinic_with_eid=bool(self.clinics[True]))


def asking(session: Session, provider: CareProvider) -> Asking:
    reasons, known = queries.reasons(session), queries.provider_reasons(session, provider.id)
    return Asking(
        reasons,
        {reason.id: rules.reason_settings(known.get(reason.id)) for reason in reasons},
        organisation.provider_modules(session, provider.id),
        organisation.names_with_eid(session, provider.id),
    )


def name_of(reason: Reason) -> str:
    return reason_name(reason.slug, reason.name)


def summary(found: Asking) -> list[str]:
    """For which reasons something is demanded."""
    with_eid = [name_of(reason) for reason in found.reasons if found.settings[reason.id].eid_demanded]
    with_consent = [name_of(reason) for reason in found.reasons if found.settings[reason.id].digital_consent]
    return [
        _("Kräver e-legitimation: %(reasons)s.", reasons=listed(with_eid)) if with_eid else _("Ingen kräver e-legitimation."),
        _("Digitalt samtycke: %(reasons)s.", reasons=listed(with_consent))
        if with_consent
        else _("Ingen ber om digitalt samtycke."),
    ]


def words(found: Asking, reason: Reason) -> list[str]:
    """How it stands with one reason."""
    asked = found.settings[reason.id]
    rungs = (
        (asked.eid_demanded, _("Kräver e-legitimation.")),
        (asked.digital_consent, _("Digitalt samtycke till och med %(age)s års ålder.", age=asked.consent_until_age)),
        (bool(found.refused(reason.kind, asked)), _("Just nu utan verkan, för något som behövs är av.")),
        (asked.information is not None, _("Har egen information.")),
    )
    return [said for holds, said in rungs if holds] or [_("Inget är inställt.")]


@blueprint.get("/anledningar", endpoint="reasons")
def reasons_page() -> str:
    with services().database.reading() as session:
        found = asking(session, provider_here(session))
    kinds = [
        (heading, [(reason.id, name_of(reason), words(found, reason)) for reason in found.reasons if reason.kind is kind])
        for kind, heading in KINDS.items()
    ]
    return render_template("settings/reasons.html", kinds=[(heading, rows) for heading, rows in kinds if rows])


@blueprint.route("/anledningar/<id:reason_id>", methods=["GET", "POST"], endpoint="reason")
def reason_page(reason_id: int) -> Response:
    form = posted()
    if request.method == "POST" and _saved(form, reason_id):
        return redirect(url_for("settings.reason", reason_id=reason_id, sparat=1), 303)
    with services().database.reading() as session:
        provider = provider_here(session)
        reason, found = _existing(session, reason_id), asking(session, provider)
    standing = found.settings[reason_id]
    page = render_template(
        "settings/reason.html",
        form=_as_it_stands(standing) if request.method == "GET" else form,
        reason=reason,
        name=name_of(reason),
        switches=_switches(found, reason.kind),
        clinics=found.clinics,
        version=version_of(standing),
        stands=words(found, reason) if changed_meanwhile(form) else [],
        longest=rules.LONGEST_INFORMATION,
        saved="sparat" in request.args,
    )
    return shown(page, form)


def _existing(session: Session, reason_id: int) -> Reason:
    found = session.get(Reason, reason_id)
    if found is None:
        abort(404)
    return found


def _as_it_stands(standing: ReasonSettings) -> Form:
    age = standing.consent_until_age
    return Form(
        {
            "eid_demanded": "1" if standing.eid_demanded else "",
            "digital_consent": "1" if standing.digital_consent else "",
            "consent_until_age": "" if age is None else str(age),
            "information": standing.information or "",
        }
    )


def _switches(found: Asking, kind: ReasonKind) -> list[Switch]:
    """None for reasons of which nothing can be asked."""
    if kind is ReasonKind.OTHER:
        return []
    eid = found.refused(kind, ReasonSettings(eid_demanded=True))
    consent = found.refused(kind, ReasonSettings(eid_demanded=True, digital_consent=True, consent_until_age=0))
    return [
        Switch("eid_demanded", _("Kräv e-legitimation"), _("Den som bokar måste logga in."), say(eid[0]) if eid else None),
        Switch(
            "digital_consent",
            _("Digitalt samtycke för barn"),
            _("Vårdnadshavarna samtycker med e-legitimation. Kräver att e-legitimation krävs."),
            say(consent[-1]) if consent else None,
        ),
    ]


def _saved(form: Form, reason_id: int) -> bool:
    wanted = _wanted(form)
    return saved(form, FIELDS, lambda session: _change(session, reason_id, wanted, form.text("version")))


def _wanted(form: Form) -> ReasonSettings:
    typed = form.text("consent_until_age")
    if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        form.wrong("consent_until_age", _("Skriv åldern i hela år, till exempel 15."))
    if len(form.data.get("information", "")) > rules.LONGEST_INFORMATION:
        form.wrong("information", say(Refusal(refusals.INFORMATION_TOO_LONG, most=rules.LONGEST_INFORMATION)))
    return ReasonSettings(
        form.ticked("eid_demanded"),
        form.ticked("digital_consent"),
        int(typed) if typed and form.fine else None,
        form.text("information") or None,
    )


def _change(session: Session, reason_id: int, wanted: ReasonSettings, seen: str) -> list[Refusal]:
    provider, reason = provider_here(session), _existing(session, reason_id)
    refused = settings.refusals_of(session, provider, reason, wanted)
    if not refused:
        settings.change_reason(session, staff_actor(), provider, reason, wanted, now(), seen=seen)
    return refused
