"""The open booking API: read-only, the same for everybody, no cookie and no session. See docs/booking-api.md."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from journal_core.booking import queries
from journal_core.booking.rules import last_day
from journal_core.catalogue import queries as catalogue
from journal_core.catalogue.model import VisitType
from journal_core.catalogue.rules import offered_online
from journal_core.clock import local
from journal_core.organisation import queries as organisation
from journal_core.organisation import rules
from journal_core.organisation.model import Clinic
from portal.api.present import clinic_row, compact, day_rows, read_id, read_span, type_rows
from portal.web.limits import OPEN_DATA_BY_ADDRESS, address, spend
from portal.web.services import now, services

blueprint = Blueprint("api", __name__, url_prefix="/clinique")
JSON = "application/json; charset=utf-8"
FRESH_SECONDS = 60
FRESH_STARTS_SECONDS = 10
"""Starts are taken while others look at them."""
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


@blueprint.before_request
def _let_in() -> Response | None:
    """A browser's question whether it may ask costs nothing; an answer counts against the limit."""
    if request.method == "OPTIONS":
        return Response(status=204, headers=PREFLIGHT, content_type=JSON)
    spend("open-data", address(), OPEN_DATA_BY_ADDRESS)
    return None


@blueprint.get("")
@blueprint.get("/")
def clinics() -> Response:
    with services().database.reading() as session:
        found = [clinic_row(clinic) for clinic in organisation.listed(session) if rules.open_to_programs(clinic)]
    return _answer(found)


@blueprint.get("/<part:clinic>")
def clinic(clinic: str) -> Response:
    with services().database.reading() as session:
        found = _clinic(session, clinic)
    return _answer([clinic_row(found)] if found else [])


@blueprint.get("/<part:clinic>/appointmentTypes")
def types(clinic: str) -> Response:
    with services().database.reading() as session:
        found = _clinic(session, clinic)
        categories = catalogue.categories(session, [found.id]) if found else []
    return _answer(type_rows(categories))


@blueprint.get("/<part:clinic>/appointments/<part:kind>/slots/<part:span>")
def slots(clinic: str, kind: str, span: str) -> Response:
    with services().database.reading() as session:
        return _answer(_days(session, clinic, kind, span), FRESH_STARTS_SECONDS)


def _days(session: Session, clinic: str, kind: str, span: str) -> list[dict[str, object]]:
    """Starts from today to the last day that residents may book; none is free where they can't book online."""
    wanted = read_span(span)
    place = _clinic(session, clinic) if wanted else None
    offered = _type(session, kind, place) if place else None
    if wanted is None or place is None or offered is None:
        return []
    moment = now()
    first, last = max(wanted[0], local(moment).date()), min(wanted[1], last_day(moment))
    starts = queries.all_starts(session, place, offered, first, last)
    bookable = bool(starts) and rules.can_be_booked_online(place)
    free = queries.free_cells(session, place, offered.id, list(starts), moment) if bookable else {}
    return day_rows(starts, free, moment)


def _clinic(session: Session, text: str) -> Clinic | None:
    number = read_id(text)
    found = organisation.clinic(session, number) if number else None
    return found if found and rules.open_to_programs(found) else None


def _type(session: Session, text: str, clinic: Clinic) -> VisitType | None:
    """A type that residents are offered here."""
    number = read_id(text)
    found = catalogue.visit_type(session, number, clinic.id) if number else None
    return found if found and found.retired_at is None and offered_online(found.category) else None


def _answer(found: Sequence[Mapping[str, object]], fresh: int = FRESH_SECONDS) -> Response:
    """With a mark of its content: who has this very answer already gets 304."""
    body = compact(found).encode()
    response = Response(body, content_type=JSON, headers={"Cache-Control": f"public, max-age={fresh}"})
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
