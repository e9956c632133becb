"""Every change of the schedule is rehearsed first; what would come of it is said, and done when one is sure."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from journal_core.booking.changes import Effect
from portal.schedule.present import effect_words
from portal.web.forms import Form
from portal.web.services import services


def rehearse(change: Callable[[Session], Effect]) -> Effect:
    """What would come of a change. Raises its Refusal."""
    with services().database.rehearsing() as session:
        return change(session)


def perform(change: Callable[[Session], Effect]) -> Effect:
    with services().database.writing() as session:
        return change(session)


def sure() -> bool:
    """Whether the preview's own button was pressed."""
    return bool(request.form.get("sure"))


def kept(form: Form) -> dict[str, str]:
    """What a preview carries along."""
    return {name: value for name, value in form.data.items() if name not in ("csrf_token", "sure", "back") and value}


def preview(form: Form, effect: Effect, act: str, changes: Collection[str] = ()) -> Response:
    """What would come of the form that was sent, to be sent once more if one is `sure`. `act`: its button's words."""
    page = render_template(
        "schedule/check.html",
        effect=effect,
        words=effect_words(effect),
        act=act,
        address=url_for(request.endpoint or ""),
        kept=kept(form),
        changes=changes,
        form=form,
    )
    return make_response(page, 200)
