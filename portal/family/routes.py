"""My pages: one's own and one's children's bookings, and for whom one acts. The pages of consent are registered with it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from journal_core.audit import use_cases as audit
from journal_core.audit.model import Action
from journal_core.persons import queries as persons
from portal.family import consents
from portal.family.present import asked_of_me, members
from portal.family.room import blueprint
from portal.web import register
from portal.web.acting import act as begin_acting
from portal.web.acting import acting_for, children
from portal.web.gate import resident_actor
from portal.web.paths import local_path
from portal.web.services import now, services
from portal.web.sessions import resident_id, visitor

__all__ = ["blueprint", "consents"]


@blueprint.get("/mina-sidor")
def own() -> str:
    """Oneself and one's children; while one acts for a child, that child alone."""
    login, person_id, child = visitor(), resident_id(), acting_for()
    assert login is not None
    assert person_id is not None
    asked = register.know_family(person_id, resident_actor(), since=login.created_at)
    with services().database.writing() as session:
        oneself = persons.person(session, person_id)
        assert oneself is not None
        shown = [child] if child is not None else [oneself, *children(session, person_id)]
        found = members(session, shown, now())
        questions = asked_of_me(session, person_id, shown, now())
        audit.record(session, resident_actor(), Action.SAW_OWN, now(), persons=[each.id for each in shown])
    return render_template(
        "family/own.html",
        members=found,
        questions=questions,
        register_silent=not asked and services().register is not None and [each.id for each in shown] == [person_id],
        ended="slut" in request.args,
        oneself_again="igen" in request.args and child is None,
    )


@blueprint.post("/mina-sidor/agera")
def act() -> Response:
    """For one of one's children, or with nothing chosen for oneself again; then on to `till`."""
    wanted, person_id = request.form.get("barn", ""), resident_id()
    assert person_id is not None
    till = local_path(request.form.get("till", ""), url_for("family.own", igen=None if wanted else 1))
    with services().database.writing() as session:
        mine = {str(child.id): child.id for child in children(session, person_id)} if wanted else {}
        if wanted and wanted not in mine:
            abort(404)
        begin_acting(session, mine.get(wanted))
    return redirect(till, 303)
