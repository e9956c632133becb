"""Clinics' own texts: the welcome in Swedish, and all of them in the other languages of the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import texts
from journal_core.catalogue.refusals import TEXT_TOO_LONG
from journal_core.catalogue.texts import Kind, OwnText
from journal_core.organisation.model import Clinic
from journal_core.refusal import Refusal
from journal_core.staff.model import Role
from journal_core.texts import outdated, translation
from portal.settings.room import blueprint, here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import assignment, staff_actor
from portal.web.i18n import languages
from portal.web.languages import LANGUAGES, SOURCE
from portal.web.services import now, services
from portal.words import reason_name, say

KINDS: Mapping[Kind, LazyString] = {
    Kind.WELCOME_BOOKING: _l("Välkomsttext när man bokar"),
    Kind.WELCOME_ARRIVAL: _l("Välkomsttext när man kommer"),
    Kind.CATEGORY: _l("Besök"),
    Kind.TYPE: _l("Besökstyp för %(about)s"),
    Kind.INFORMATION: _l("Information om %(about)s"),
    Kind.POLICY: _l("Text om personuppgifter"),
}
FIELDS = {TEXT_TOO_LONG: "step"}


@dataclass(frozen=True)
class Row:
    """A text with the field for its translation."""

    name: str
    label: str
    swedish: Sequence[str]
    """In paragraphs."""
    long: bool
    outdated: bool


def words() -> list[str]:
    return [_("Välkomsttexter, och mottagningens egna texter på andra språk.")]


@blueprint.route("/texter", methods=["GET", "POST"], endpoint="texts")
def texts_page() -> Response:
    form, code = posted(), _code()
    if request.method == "POST" and (_welcome_saved(form) if code == SOURCE else _translations_saved(form, code)):
        return redirect(url_for("settings.texts", sprak=code, sparat=1), 303)
    with services().database.reading() as session:
        clinic = here(session)
        found = texts.texts_of(session, clinic, now(), of_provider=_of_provider())
    if request.method == "GET":
        form = Form(
            _welcome_of(clinic) if code == SOURCE else {one.key: translation(one.row, one.field, code) for one in found}
        )
    page = render_template(
        "settings/texts.html",
        form=form,
        code=code,
        choices=languages(),
        chosen=LANGUAGES[code],
        rows=_welcome_rows() if code == SOURCE else [_row(one, code) for one in found],
        version=texts.welcome_version(clinic) if code == SOURCE else texts.version(found, code),
        saved="sparat" in request.args,
    )
    return shown(page, form)


def _code() -> str:
    """The language that is meant, of those that are on."""
    wanted = request.values.get("sprak", "")
    return wanted if wanted in services().site.languages else SOURCE


def _of_provider() -> bool:
    """Whether the provider's texts are this person's to change."""
    return assignment().role is Role.PROVIDER_ADMIN


def _welcome_of(clinic: Clinic) -> dict[str, str]:
    return {kind.value: getattr(clinic, kind.value) or "" for kind in texts.WELCOME}


def _welcome_rows() -> list[Row]:
    return [Row(kind.value, str(KINDS[kind]), (), long=True, outdated=False) for kind in texts.WELCOME]


def _row(one: OwnText, code: str) -> Row:
    about = reason_name(one.about, one.about) if one.kind is Kind.INFORMATION else one.about
    return Row(
        one.key,
        str(KINDS[one.kind]) % {"about": about},
        one.swedish.split("\n\n"),
        long=one.longest > texts.LONGEST_NAME,
        outdated=outdated(one.row, one.field, code),
    )


def _welcome_saved(form: Form) -> bool:
    wanted = {kind: _written(form, kind.value, texts.LONGEST_WELCOME) for kind in texts.WELCOME}

    def change(session: Session) -> list[Refusal]:
        texts.change_welcome(session, staff_actor(), here(session), wanted, now(), seen=form.text("version"))
        return []

    return saved(form, FIELDS, change)


def _translations_saved(form: Form, code: str) -> bool:
    of_provider = _of_provider()
    with services().database.reading() as session:
        found = texts.texts_of(session, here(session), now(), of_provider=of_provider)
    wanted = {one.key: _written(form, one.key, one.longest) for one in found}

    def change(session: Session) -> list[Refusal]:
        clinic, seen = here(session), form.text("version")
        texts.change_translations(session, staff_actor(), clinic, code, wanted, now(), seen=seen, of_provider=of_provider)
        return []

    return saved(form, FIELDS, change)


def _written(form: Form, name: str, longest: int) -> str:
    """With its paragraphs, which other fields have none of."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in form.data.get(name, "").splitlines()]
    written = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(written) > longest:
        form.wrong(name, say(Refusal(TEXT_TOO_LONG, most=longest)))
    return written
