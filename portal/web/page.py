"""What every page's layout asks for: who is logged in, the addresses of static files, the development mark."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from journal_core.persons.model import Person
from portal.web.acting import acting_for
from portal.web.permits import PERMITS
from portal.web.services import services
from portal.web.sessions import resident_id, visitor


def asset(name: str) -> str:
    """Address of a static file with a mark of its content, so that browsers may keep it for a year."""
    folder = current_app.static_folder
    assert folder is not None
    return url_for("static", filename=name, v=_mark(str(Path(folder) / name)))


@lru_cache(maxsize=256)
def _mark(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
    except OSError:
        return "missing"


def in_language(code: str) -> str:
    """This very page in another language; a page that came from a form goes back to its own start."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', code)])}"


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def child_name(child: Person) -> Markup:
    """As the register tells it, kept in its own direction."""
    return Markup("<strong><bdi>{} {}</bdi></strong>").format(child.given_name or "", child.family_name or "")


def staff_may(endpoint: str) -> bool:
    """Whether the assignment in use opens a page: what may not be opened is not shown."""
    assignment = g.get("assignment")
    return assignment is not None and assignment.role in PERMITS[endpoint].roles


def init_app(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        in_language=in_language,
        csrf_field=csrf_field,
        visitor=visitor,
        resident_id=resident_id,
        acting_for=acting_for,
        child_name=child_name,
        staff_may=staff_may,
        site=lambda: services().site,
        stand_in=lambda: any(choice.eid.for_development for choice in services().eids),
    )
