"""The provider's question bank: what may be asked in its health declarations, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import Reason
from journal_core.declarations import bank, refusals, rules
from journal_core.declarations.form import ANY, LONGEST, NO, YES, Condition, Kind, Level, Option, Question
from journal_core.refusal import Refusal
from portal.settings.room import blueprint, changed_meanwhile, provider_here, saved, shown
from portal.web.forms import Form, posted
from portal.web.gate import staff_actor
from portal.web.i18n import languages
from portal.web.languages import SOURCE
from portal.web.services import now, services
from portal.words import reason_name, say

KINDS: Mapping[Kind, LazyString] = {
    Kind.YES_NO: _l("Ja eller nej"),
    Kind.YES_NO_MORE: _l("Ja eller nej, och den som svarar ja berättar mer"),
    Kind.CHOICE: _l("Ett av flera svar"),
    Kind.CHOICES: _l("Flera svar får kryssas i"),
    Kind.NUMBER: _l("Ett tal"),
    Kind.DATE: _l("En dag"),
    Kind.TEXT: _l("Egna ord"),
}
FIELDS = {
    refusals.NO_WORDS: "text-sv",
    refusals.NO_OPTIONS: "svar",
    refusals.SAME_OPTION: "svar",
    refusals.AGES_CROSSED: "min_age",
    refusals.BOUNDS_CROSSED: "least",
    refusals.UNKNOWN_QUESTION: "efter",
    refusals.UNKNOWN_ANSWER: "efter",
    refusals.NOT_EARLIER: "efter",
    refusals.QUESTION_AWAITED: "svar",
    refusals.QUESTION_ASKED: "text-sv",
    refusals.DEFINITION_BROKEN: "efter",
}
LONGEST_OF = {"text": 300, "help": 500, "unit": 20, "option": 150}
"""Characters."""
MORE_OPTIONS, MORE_CONDITIONS = 3, 2
"""Empty rows beside those that are filled in."""
MOST_AGE = 130


@dataclass(frozen=True)
class Row:
    """An answer to choose, with the fields' name."""

    name: str
    key: str


def listed(session: Session) -> dict[str, Question]:
    return bank.questions(session, provider_here(session).id, services().bank.questions)


@blueprint.get("/halsodeklarationer/fragor", endpoint="questions")
def questions_page() -> str:
    with services().database.reading() as session:
        found, own = listed(session), bank.worded(session, provider_here(session).id)
    page = {"rows": list(found.values()), "own": own.keys(), "kinds": KINDS, "saved": "sparat" in request.args}
    return render_template("settings/questions.html", **page)


@blueprint.route("/halsodeklarationer/fragor/ny", methods=["GET", "POST"])
def new_question() -> Response:
    """Of the kind that the address says."""
    kind = request.args.get("slag", "")
    if kind not in set(Kind):
        return redirect(url_for("settings.questions"), 303)
    with services().database.reading() as session:
        all_ = listed(session)
        sent_before = _sent_before(session, all_, Kind(kind))
    if sent_before:
        return redirect(url_for("settings.questions", sparat=1), 303)
    return _page(bank.blank(Kind(kind), all_), all_, None)


def _sent_before(session: Session, all_: Mapping[str, Question], kind: Kind) -> bool:
    """The very question that this form has made already: it was sent twice."""
    key = request.form.get("key", "")
    return key in all_ and _told(posted(), replace(bank.blank(kind, ()), key=key), catalogue.reasons(session)) == all_[key]


@blueprint.route("/halsodeklarationer/fragor/<part:key>", methods=["GET", "POST"])
def question(key: str) -> Response:
    with services().database.reading() as session:
        all_ = listed(session)
    if key not in all_:
        abort(404)
    return _page(all_[key], all_, all_[key])


@blueprint.post("/halsodeklarationer/fragor/<part:key>/ta-tillbaka")
def take_back_question(key: str) -> Response:
    """A shipped one in its own words again; one of the provider's own away."""
    form, shipped = posted(), services().bank.questions
    with services().database.reading() as session:
        all_, own = listed(session), bank.worded(session, provider_here(session).id)
    if key not in own:
        abort(404)

    def change(session: Session) -> list[Refusal]:
        seen = form.text("version")
        bank.take_back(session, staff_actor(), provider_here(session).id, shipped, key, now(), seen=seen)
        return []

    if saved(form, {**FIELDS, refusals.QUESTION_AWAITED: "text-sv"}, change):
        return redirect(url_for("settings.questions", sparat=1), 303)
    return _shown(Form(_data(all_[key]), form.problems), all_[key], all_, all_[key])


def _page(base: Question, all_: Mapping[str, Question], before: Question | None) -> Response:
    """`base` has the kind, and what the form says nothing of; `before` is what is asked now."""
    form = posted()
    if request.method == "GET":
        return _shown(Form(_data(base)), base, all_, before)
    with services().database.reading() as session:
        told = _told(form, base, catalogue.reasons(session))
    if before is not None and bank.untranslated(before, told) and not form.ticked("translated"):
        form.wrong("translated", _("De svenska orden är ändrade. Ändra översättningarna också, eller kryssa i att de stämmer."))

    def change(session: Session) -> list[Refusal]:
        provider_id, seen = provider_here(session).id, form.text("version")
        bank.save(session, staff_actor(), provider_id, services().bank.questions, told, now(), seen=seen)
        return []

    if saved(form, FIELDS, change):
        return redirect(url_for("settings.questions", sparat=1), 303)
    return _shown(form, base, all_, before)


def _shown(form: Form, base: Question, all_: Mapping[str, Question], before: Question | None) -> Response:
    with services().database.reading() as session:
        reasons = catalogue.reasons(session)
        if changed_meanwhile(form):
            before = listed(session).get(base.key) if before else None
        own = bank.worded(session, provider_here(session).id)
    shipped = {one.key for one in services().bank.questions}
    page = render_template(
        "settings/question.html",
        form=form,
        question=base,
        kind=KINDS[base.kind],
        is_new=before is None,
        version=bank.version(before) if changed_meanwhile(form) else form.text("version") or bank.version(before),
        stands=[before.text[SOURCE]] if before is not None and changed_meanwhile(form) else [],
        rows=_rows(base),
        after=[f"after-{n}" for n in range(len(base.after_pairs) + MORE_CONDITIONS)],
        others=[one for one in all_.values() if one.answers and one.key != base.key],
        levels={"": _("Inget särskilt"), Level.LOOK: _("Titta"), Level.STOP: _("Fråga först")},
        reasons=[(f"reason-{one.slug}", reason_name(one.slug, one.name)) for one in reasons],
        translated_to=[one for one in languages() if one.code != SOURCE],
        open=_with_translations(form),
        back_to="own" if base.key in own and base.key not in shipped else "shipped" if base.key in own else "",
    )
    return shown(page, form)


def _with_translations(form: Form) -> bool:
    """Whether something is wrong with them, so that they are unfolded."""
    fields = [one.field for one in form.problems]
    return any(field == "translated" or ("-" in field and not field.endswith(f"-{SOURCE}")) for field in fields)


def _rows(base: Question) -> list[Row]:
    if base.kind not in (Kind.CHOICE, Kind.CHOICES):
        return []
    keys = [one.key for one in base.options]
    return [Row(f"option-{key}", key) for key in (*keys, *_new_keys(keys))]


def _new_keys(keys: Sequence[str]) -> Iterator[str]:
    """For the empty rows."""
    taken = list(keys)
    for _row in range(MORE_OPTIONS):
        taken.append(bank.new_key(taken))
        yield taken[-1]


# --- as a form ------------------------------------------------------------------------------------------------------------


def _data(base: Question) -> dict[str, str]:
    data: dict[str, str] = {}
    for name, texts in (("text", base.text), ("help", base.help), ("unit", base.unit)):
        data |= {f"{name}-{code}": words for code, words in texts.items()}
    for option in base.options:
        data |= {f"option-{option.key}-{code}": words for code, words in option.text.items()}
    data |= {f"level-{answer}": level.value for answer, level in base.deviates.items()}
    data |= {f"after-{n}": f"{key}:{answer}" for n, (key, answer) in enumerate(base.after_pairs)}
    data |= {f"reason-{slug}": "1" for slug in base.reasons}
    numbers = {"least": base.least, "most": base.most, "min_age": base.min_age, "max_age": base.max_age}
    data |= {name: rules.spell_number(number) for name, number in numbers.items() if number is not None}
    data |= {"longest": str(base.longest)} if base.longest != LONGEST else {}
    return data | ({"optional": "1"} if base.optional else {})


def _told(form: Form, base: Question, reasons: Sequence[Reason]) -> Question:
    """What the form says; what it has no field for stays as it was."""
    kind = base.kind
    options = tuple(
        Option(row.key, texts)
        for row, texts in ((row, _texts(form, row.name, "option", _option(base, row.key))) for row in _rows(base))
        if texts
    )
    writes = kind in rules.FORMS
    answers = (YES, NO) if kind in (Kind.YES_NO, Kind.YES_NO_MORE) else (ANY,) if writes else [one.key for one in options]
    return replace(
        base,
        text=_texts(form, "text", "text", base.text),
        help=_texts(form, "help", "help", base.help),
        options=options,
        deviates={answer: level for answer in answers if (level := _level(form, answer)) is not None},
        unit=_texts(form, "unit", "unit", base.unit) if kind is Kind.NUMBER else {},
        least=_number(form, "least") if kind is Kind.NUMBER else None,
        most=_number(form, "most") if kind is Kind.NUMBER else None,
        longest=_whole(form, "longest", LONGEST) or LONGEST,
        optional=writes and form.ticked("optional"),
        min_age=_whole(form, "min_age", MOST_AGE),
        max_age=_whole(form, "max_age", MOST_AGE),
        reasons=_reasons(form, base, [one.slug for one in reasons]),
        after=_after(form, len(base.after_pairs) + MORE_CONDITIONS),
    )


def _option(base: Question, key: str) -> Mapping[str, str]:
    return next((one.text for one in base.options if one.key == key), {})


def _texts(form: Form, name: str, what: str, before: Mapping[str, str]) -> dict[str, str]:
    """By language; of languages that the form has no field for what there was. Where the Swedish words were emptied and all
    others left as they were, none."""
    shown_in = [one.code for one in languages()]
    most, found = LONGEST_OF[what], {}
    for code in shown_in:
        words = " ".join(form.lines(f"{name}-{code}").split())
        if len(words) > most:
            form.wrong(f"{name}-{code}", _("Skriv kortare, högst %(most)d tecken.", most=most))
        if words:
            found[code] = words
    if SOURCE not in found:
        left = all(words == before.get(code) for code, words in found.items())
        if not left:
            form.wrong(f"{name}-{SOURCE}", _("Skriv det på svenska också."))
        return {} if left else found
    return found | {code: words for code, words in before.items() if code not in shown_in}


def _level(form: Form, answer: str) -> Level | None:
    chosen = form.text(f"level-{answer}")
    return Level(chosen) if chosen in set(Level) else None


def _number(form: Form, name: str) -> float | None:
    typed = form.figures(name)
    if not typed:
        return None
    try:
        return float(rules.plain_number(typed))
    except Refusal as refusal:
        form.wrong(name, say(refusal))
        return None


def _whole(form: Form, name: str, most: int) -> int | None:
    typed = form.figures(name)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6 and int(typed) <= most):
        form.wrong(name, _("Skriv ett heltal, högst %(most)d.", most=most))
        return None
    return int(typed)


def _reasons(form: Form, base: Question, shown_slugs: Sequence[str]) -> frozenset[str]:
    return base.reasons.difference(shown_slugs) | {slug for slug in shown_slugs if form.ticked(f"reason-{slug}")}


def _after(form: Form, rows: int) -> tuple[Condition, ...]:
    """Several answers of one question are one condition: any of them is enough."""
    wanted: dict[str, set[str]] = {}
    for n in range(rows):
        key, _colon, answer = form.text(f"after-{n}").partition(":")
        if key:
            wanted.setdefault(key, set()).add(answer)
    return tuple(Condition(key, frozenset(answers)) for key, answers in wanted.items())
