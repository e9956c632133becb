"""What somebody born on a day could book here on another: the judgement of the residents' pages, told to staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking import queries as bookings
from journal_core.booking import refusals
from journal_core.booking.judgement import Wish, hindrances
from journal_core.booking.rules import Coming, Time, last_day
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import ProviderReason, VisitCategory, VisitType
from journal_core.catalogue.rules import ConsentNeed, consent_asked_of, offered_online
from journal_core.clock import age_on
from journal_core.organisation import queries as organisation
from journal_core.organisation.model import AgeKind, Clinic
from journal_core.organisation.rules import can_be_booked_online
from journal_core.persons.model import IdentityKind
from journal_core.persons.rules import Identity, read_birth_date
from journal_core.refusal import Refusal
from portal.schedule.room import blueprint, here, room, today
from portal.web.forms import Form, posted
from portal.web.i18n import clock_time
from portal.web.services import now, services
from portal.web.shapes import read_day
from portal.words import say

SOMEBODY_ELSE = Identity(IdentityKind.PERSONAL, "0" * 12, date(1980, 1, 1))
"""Who books for a child."""


@dataclass(frozen=True)
class Case:
    """Somebody, on a day."""

    clinic: Clinic
    settings: Mapping[int, ProviderReason]
    """The provider's, by reason id."""
    born: date
    day: date
    books_until: int

    def wish(self, kind: VisitType) -> Wish:
        """The person alone, with e-ID; a child by a guardian who acts for it."""
        oneself = Identity(IdentityKind.PERSONAL, "1" * 12, self.born)
        child = age_on(self.born, today()) < self.books_until
        return Wish(
            self.clinic,
            kind,
            self.settings.get(kind.category.reason_id),
            [Coming(self.born, "", "", oneself)],
            SOMEBODY_ELSE if child else oneself,
            oneself if child else None,
            self.books_until,
        )


@dataclass(frozen=True)
class Verdict:
    """On one category."""

    category: VisitCategory
    bookable: bool
    words: Sequence[str]


@blueprint.route("/prova", methods=["GET", "POST"], endpoint="trying")
def trying_page() -> Response:
    form = posted() if request.method == "POST" else Form({"day": today().isoformat()})
    asked = _read(form) if request.method == "POST" else None
    with services().database.reading() as session:
        found = room(session)
        case = _case(session, *asked) if asked else None
        verdicts = list(_verdicts(session, case)) if case else []
    page = render_template(
        "schedule/trying.html",
        room=found,
        form=form,
        case=case,
        verdicts=verdicts,
        age=age_on(case.born, case.day) if case else None,
        closed=not can_be_booked_online(found.clinic),
    )
    return make_response(page, 422 if form.problems else 200)


def _read(form: Form) -> tuple[date, date] | None:
    """Birth day and day of the visit, or what is wrong with them."""
    day = read_day(form.text("day"))
    try:
        born = read_birth_date(form.figures("birth_date"), today())
    except Refusal as refusal:
        form.wrong("birth_date", say(refusal))
        born = None
    if day is None or not today() <= day <= last_day(now()):
        form.wrong("day", _("Välj en dag från i dag och ett år framåt."))
    return (born, day) if born and day and form.fine else None


def _case(session: Session, born: date, day: date) -> Case:
    clinic = here(session)
    provider_id = clinic.unit.provider_id
    until = organisation.ages_in_force(session, [provider_id], today())[provider_id][AgeKind.GUARDIAN_BOOKS]
    return Case(clinic, catalogue.provider_reasons(session, provider_id), born, day, until)


def _verdicts(session: Session, case: Case) -> Iterator[Verdict]:
    categories = catalogue.categories_of_clinic(session, case.clinic.id)
    kinds = {one.id: [kind for kind in one.types if kind.retired_at is None] for one in categories}
    free = bookings.free_on(session, case.clinic, [kind for own in kinds.values() for kind in own], case.day, now())
    for category in categories:
        if kinds[category.id]:
            yield _verdict(case, category, kinds[category.id], free)


def _verdict(case: Case, category: VisitCategory, kinds: Sequence[VisitType], free: Mapping[int, list[Time] | None]) -> Verdict:
    refused = list(hindrances(case.wish(kinds[0]), today(), case.day))
    starts = sorted({time.minute for kind in kinds for time in free[kind.id] or ()})
    words = [_words(category, refusal) for refusal in refused]
    words += _asked(case, kinds[0])
    if starts:
        words.append(
            ngettext(
                "%(num)d ledig tid den dagen, den första kl. %(time)s.",
                "%(num)d lediga tider den dagen, den första kl. %(time)s.",
                len(starts),
                time=clock_time(starts[0]),
            )
        )
    else:
        opened = any(free[kind.id] is not None for kind in kinds)
        words.append(_("Alla tider den dagen är tagna.") if opened else _("Ingen tid är öppnad för besöket den dagen."))
    return Verdict(category, not refused and bool(starts), words)


def _words(category: VisitCategory, refusal: Refusal) -> str:
    if refusal.code == refusals.NOT_BOOKABLE:
        hidden = not offered_online(category)
        return _("Besöket syns inte på nätet.") if hidden else _("Mottagningen tar inte emot bokningar på nätet.")
    return say(refusal)


def _asked(case: Case, kind: VisitType) -> Iterator[str]:
    """What is asked of whoever books."""
    setting = case.settings.get(kind.category.reason_id)
    if case.wish(kind).demands_eid:
        yield _("Den som bokar behöver e-legitimation.")
    need = consent_asked_of(case.clinic, setting, case.born, case.day)
    if need is ConsentNeed.DIGITAL:
        yield _("Vårdnadshavarna samtycker med e-legitimation.")
    elif need is ConsentNeed.AT_THE_VISIT:
        yield _("Samtycke ordnas vid besöket.")
