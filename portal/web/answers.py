"""Reading one answer, as the question wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from journal_core.declarations import refusals, rules
from journal_core.declarations.form import Answer, Kind, Question
from journal_core.refusal import Refusal
from portal.web.forms import Form
from portal.words import say


def read(form: Form, chosen: Sequence[str], question: Question, field: str = "answer") -> Answer | None:
    """None with the problem said at the field."""
    try:
        return rules.read_answer(question, chosen, _written(form, question, field))
    except Refusal as refusal:
        at = f"{field}-mer" if refusal.code == refusals.TOO_LONG and question.kind is Kind.YES_NO_MORE else field
        form.wrong(at, _missing(question) if refusal.code == refusals.ANSWER_MISSING else say(refusal))
        return None


def _written(form: Form, question: Question, field: str) -> str:
    if question.kind is Kind.YES_NO_MORE:
        return form.lines(f"{field}-mer")
    return form.lines(field) if question.kind is Kind.TEXT else form.figures(field)


def _missing(question: Question) -> str:
    if question.kind is Kind.CHOICES:
        return _("Kryssa i det som stämmer, eller Inget av det här.")
    if question.answers:
        return _("Välj ett svar.")
    return _("Skriv dagen som år, månad och dag.") if question.kind is Kind.DATE else _("Skriv ett svar.")


def filled(question: Question, answer: Answer | None, field: str = "answer") -> Mapping[str, str]:
    """A form's data with an answer in it; for several choices see `chosen`."""
    if answer is None or not answer.values:
        return {}
    return {field: answer.values[0], f"{field}-mer": answer.more}
