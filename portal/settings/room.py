"""What the settings pages share: the blueprint, the clinic and the provider of the assignment in use, how a form is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, make_response
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.organisation import queries, refusals
from journal_core.organisation.model import CareProvider, Clinic
from journal_core.refusal import Refusal
from portal.web.at_work import around
from portal.web.forms import Form
from portal.web.gate import assignment
from portal.web.services import services
from portal.words import say

blueprint = Blueprint("settings", __name__, url_prefix="/personal/installningar")
blueprint.context_processor(around)


@dataclass(frozen=True)
class Switch:
    """A setting that is on or off, as its form shows it."""

    name: str
    label: str
    does: str
    lacks: str | None
    """Why it can't be switched on, in a sentence."""


def here(session: Session) -> Clinic:
    """The clinic of the assignment in use."""
    found = queries.clinic(session, assignment().clinic_id)
    if found is None:
        abort(404)
    return found


def provider_here(session: Session) -> CareProvider:
    return here(session).unit.provider


def saved(form: Form, fields: Mapping[str, str], change: Callable[[Session], Iterable[Refusal]]) -> bool:
    """Whether the change was made; else the form says all that stands in its way, at `fields` by refusal code."""
    if not form.fine:
        return False
    try:
        with services().database.writing() as session:
            for refusal in change(session):
                form.wrong(fields[refusal.code], say(refusal))
    except Refusal as refusal:
        form.wrong("step" if refusal.code == refusals.SETTINGS_CHANGED else fields[refusal.code], say(refusal))
    return form.fine


def changed_meanwhile(form: Form) -> bool:
    return form.error("step") is not None


def shown(page: str, form: Form) -> Response:
    """The page, with the status that fits what is wrong with its form."""
    status = 409 if changed_meanwhile(form) else 422
    return make_response(page, status if form.problems else 200)
