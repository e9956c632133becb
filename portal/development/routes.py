"""The e-ID stand-in's page, the mailbox, and the room where every component is shown in every state."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from journal_core.messages import queries
from journal_core.messages.use_cases import sealed_for
from journal_core.registers.bankid_phone import Phone, PhoneRefused
from journal_core.registers.eid_development import DevelopmentEid
from portal.development import samples
from portal.web.services import now, services

blueprint = Blueprint("development", __name__, url_prefix="/utveckling")
PEOPLE, PHONE = "demo_people", "phone"
SHOWN = 50


def attach(app: Flask, people: Sequence[object], phone: Phone | None) -> None:
    app.extensions[PEOPLE] = list(people)
    app.extensions[PHONE] = phone
    app.register_blueprint(blueprint)


@blueprint.route("/e-legitimation", methods=["GET", "POST"])
def choose() -> Response | str:
    """Who do you want to be? The answer goes back signed, as from a real provider."""
    people = current_app.extensions[PEOPLE]
    eid = next((choice.eid for choice in services().eids if isinstance(choice.eid, DevelopmentEid)), None)
    reference, back = request.values.get("referens", ""), request.values.get("till", "")
    if eid is None or not back.startswith("/logga-in/svar/"):
        abort(404)
    if request.method == "GET":
        return render_template("development/choose.html", people=people, reference=reference, back=back)
    number = request.form.get("number", "")
    chosen = next((person.identified for person in people if person.identified.number == number), None)
    return redirect(f"{back}&svar={eid.answer(reference, chosen)}" if chosen else back, 303)


@blueprint.route("/telefon", methods=["GET", "POST"])
def phone() -> Response | str:
    """The stand-in of BankID's app: a log-in's link opens it, and it answers as a demo person."""
    standin, people = current_app.extensions[PHONE], current_app.extensions[PEOPLE]
    if standin is None:
        abort(404)
    token, said = request.values.get("autostarttoken", ""), None
    if request.method == "POST":
        number = request.form.get("number", "")
        chosen = next((person.identified for person in people if person.identified.number == number), None)
        try:
            opened = standin.start(token)
            if chosen is None:
                standin.cancel(opened)
            else:
                standin.sign(opened, chosen.number or "", chosen.given_name, chosen.family_name)
            return redirect(opened.return_url or "/", 303)
        except PhoneRefused as refused:
            said = refused.code
    return render_template("development/phone.html", people=people, token=token, said=said)


@blueprint.get("/brevlada")
def mailbox() -> str:
    vault = services().vault
    with services().database.reading() as session:
        letters = [
            (message, vault.open(sealed_for(message.booking_id), message.body)) for message in queries.newest(session, SHOWN)
        ]
    return render_template("development/mailbox.html", letters=letters)


@blueprint.get("/komponenter")
def components() -> str:
    """What residents' pages are made of; ?riktning=rtl turns the page, ?farg= gives it a clinic's colour."""
    look = samples.asked(request.args)
    return render_template(
        "development/components.html",
        look=look,
        colours=samples.COLOURS,
        clinic=samples.clinic(look),
        long=samples.LONG,
        form=samples.form(),
        holds=samples.holds(now()),
        logins=samples.logins(now()),
        stands=samples.stands(now()),
        tickets=samples.tickets(look, now()),
        days=samples.days(now()),
        others=samples.others(now()),
        questions=services().bank.questions,
        told=samples.TOLD,
        wanted=samples.WANTED,
        poster=samples.poster(look),
    )


@blueprint.get("/komponenter/personal")
def staff_components() -> str:
    """The same for the staff's pages."""
    look = samples.asked(request.args)
    return render_template(
        "development/staff_components.html",
        look=look,
        colours=samples.COLOURS,
        clinic=samples.clinic(look),
        rows=samples.rows(),
    )
