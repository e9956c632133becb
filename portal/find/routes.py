"""Start page, clinic page, poster, policy."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from journal_core.booking import queries as bookings
from journal_core.catalogue import queries as catalogue
from journal_core.clock import local
from journal_core.organisation import queries, rules
from journal_core.organisation.model import Clinic
from journal_core.texts import said
from portal.find.drawing import drawing
from portal.find.present import PAGE, WITHIN, Asked, Pages, asked, cards, drawn_pins, drop_in_offers, offers, pins
from portal.find.search import RADIUS_KM, Found, by_free_time, find
from portal.web.elsewhere import elsewhere
from portal.web.i18n import language
from portal.web.posters import poster as poster_of
from portal.web.services import now, services
from portal.words import reason_name

blueprint = Blueprint("find", __name__)
BOOK_HERE = _l("Rikta mobilens kamera hit och boka tid.")


@blueprint.get("/")
def start() -> str | Response:
    wish, moment = asked(request.args), now()
    with services().database.reading() as session:
        reasons = catalogue.reasons(session)
        found = find(session, wish.search, wish.q, wish.oneself)
        if wish.by_time or wish.within:  # which depends on what all of them have
            types = catalogue.types_booked_online(session, wish.reason or None)
            free = services().remembered.first_free(session, types, moment)
            until = local(moment).date() + timedelta(days=wish.within) if wish.within else None
            found = by_free_time(found, free, until=until, in_order=wish.by_time)
            pages, shown = _page(found, wish)
        else:
            pages, shown = _page(found, wish)
            types = catalogue.types_booked_online(session, wish.reason or None, shown)
            free = bookings.first_free(session, types, moment)
        clinics, offered = queries.cards(session, shown), catalogue.offered(session, shown)
    hits = tuple(found.hits)
    if wish.page > pages.last:
        return redirect(url_for("find.start") + wish.query(pages.last), 302)
    return render_template(
        "find/start.html",
        asked=wish,
        reasons=[(reason.slug, reason_name(reason.slug, reason.name)) for reason in reasons],
        cards=cards(clinics, offered, types, pages.first_number, found.distances, free, wish.reason),
        soon=bookings.SOON.days,
        within=WITHIN,
        pages=pages,
        found=found,
        pins=pins(hits),
        drawn=(drawn := drawing(hits)),
        drawn_pins=drawn_pins(drawn, wish) if drawn else [],
        radius=RADIUS_KM,
        page_size=PAGE,
    )


def _page(found: Found, wish: Asked) -> tuple[Pages, list[int]]:
    """Where one is in the list, and the clinics that are shown."""
    pages = Pages(wish.page, len(found.hits))
    return pages, [hit.id for hit in found.hits[pages.first_number - 1 :][:PAGE]]


@blueprint.get("/klinik/<id:clinic_id>")
def clinic(clinic_id: int) -> str:
    with services().database.reading() as session:
        found = _existing(queries.clinic(session, clinic_id))
        categories = catalogue.categories(session, [clinic_id])
        policy = queries.policy(session, found.unit.provider_id, now())
        bookable = rules.can_be_booked_online(found) and bool(offers(categories))
        others = () if bookable else elsewhere(session, found, None, now())
    return render_template(
        "find/clinic.html",
        clinic=found,
        active=rules.is_active(found),
        bookable=bookable,
        others=others,
        policy=policy,
        offers=offers(categories),
        drop_in=drop_in_offers(categories) if rules.offers_drop_in(found) else [],
        arrivals=rules.takes_arrivals(found),
        declares=rules.has_declaration_link(found),
    )


@blueprint.get("/klinik/<id:clinic_id>/affisch")
def poster(clinic_id: int) -> str:
    """The printable QR code that opens the clinic's booking."""
    with services().database.reading() as session:
        found = _existing(queries.clinic(session, clinic_id))
    if not rules.can_be_booked_online(found):
        abort(404)
    path = url_for("book.visit", clinic_id=clinic_id)
    return render_template("find/poster.html", clinic=found, poster=poster_of(found, path, BOOK_HERE))


@blueprint.get("/klinik/<id:clinic_id>/personuppgifter")
def policy(clinic_id: int) -> str:
    with services().database.reading() as session:
        found = _existing(queries.clinic(session, clinic_id))
        policy = queries.policy(session, found.unit.provider_id, now())
    if policy is None:
        abort(404)
    text, spoken = said(policy, "text", language())
    return render_template(
        "find/policy.html", clinic=found, provider=found.unit.provider, policy=policy, text=text, spoken=spoken
    )


def _existing(clinic: Clinic | None) -> Clinic:
    if clinic is None:
        abort(404)
    return clinic
