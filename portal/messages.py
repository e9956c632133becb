"""The words of messages: whole sentences, without names, numbers or anything of health (domain §8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babel import Locale
from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from journal_core.booking.rules import Time
from journal_core.messages.model import Channel, MessageKind
from journal_core.messages.use_cases import Text
from journal_core.organisation.model import Clinic
from portal.web.i18n import LANGUAGES, say_time
from portal.web.present import in_threes


def composer(app: Flask, base_url: str) -> Callable[..., Text]:
    """`compose(kind, way, facts, language)` for the core's outbox."""

    def compose(kind: MessageKind, way: Channel, facts: Mapping[str, object], language: str) -> Text:
        with app.app_context(), force_locale(Locale.parse(language if language in LANGUAGES else "sv")):
            return _text(kind, way, facts, base_url)

    return compose


def _text(kind: MessageKind, way: Channel, facts: Mapping[str, object], base_url: str) -> Text:
    time, clinic = facts["time"], facts["clinic"]
    assert isinstance(time, Time)
    place = clinic if isinstance(clinic, Clinic) else None
    # A no-break space would make an SMS cost twice: it is not in the alphabet that fits 160 characters.
    when, link = say_time(time).replace("\u00a0", " "), f"{base_url}/b/{facts['link']}"
    subject, sentences = _sentences(kind, when, link)
    lines = [*sentences[:1], *_place(place, way), *sentences[1:]]
    if way is Channel.EMAIL:
        lines = [_("Hej!"), *lines, _("Bokningskod: %(code)s", code=in_threes(str(facts["code"])))]
    return Text(subject, ("\n\n" if way is Channel.EMAIL else " ").join(lines))


def _sentences(kind: MessageKind, when: str, link: str) -> tuple[str, list[str]]:
    match kind:
        case MessageKind.BOOKED:
            return _("Din tid är bokad"), [
                _("Din tid är bokad: %(when)s.", when=when),
                _("Se, ändra eller avboka: %(link)s", link=link),
            ]
        case MessageKind.CHANGED:
            return _("Din tid är ändrad"), [
                _("Din tid är ändrad. Den nya tiden är %(when)s.", when=when),
                _("Se, ändra eller avboka: %(link)s", link=link),
            ]
        case MessageKind.CANCELLED:
            return _("Din tid är avbokad"), [_("Din tid %(when)s är avbokad.", when=when)]
        case MessageKind.ANOTHER_BOOKING:
            return _("En tid till har bokats"), [
                _("Någon har bokat en tid till för samma sorts besök. Din tid %(when)s gäller fortfarande.", when=when),
                _("Var det inte du? Ring mottagningen. Din bokning: %(link)s", link=link),
            ]


def _place(clinic: Clinic | None, way: Channel) -> list[str]:
    """Where it is; nothing for a protected person."""
    if clinic is None:
        return []
    address = ", ".join(part for part in (clinic.name, clinic.street, clinic.city) if part)
    if way is Channel.SMS:
        return [f"{clinic.name}."]
    return [_("%(address)s. Telefon: %(phone)s", address=address, phone=clinic.phone) if clinic.phone else address]
