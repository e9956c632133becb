"""The words of messages: whole sentences, without names, numbers or anything of health (domain §8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from babel import Locale
from flask import Flask
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from journal_core.booking.rules import Time
from journal_core.messages.model import Channel, MessageKind
from journal_core.messages.use_cases import Text
from journal_core.organisation.model import Clinic
from portal.web.i18n import say_time, say_until
from portal.web.languages import LANGUAGES, SOURCE
from portal.web.present import in_threes

OfBooking = Literal[MessageKind.BOOKED, MessageKind.CHANGED, MessageKind.CANCELLED, MessageKind.ANOTHER_BOOKING]
"""Messages that tell of a booking's time."""


def composer(app: Flask, base_url: str) -> Callable[..., Text]:
    """`compose(kind, way, facts, language)` for the core's outbox."""

    def compose(kind: MessageKind, way: Channel, facts: Mapping[str, object], language: str) -> Text:
        with app.app_context(), force_locale(Locale.parse(language if language in LANGUAGES else SOURCE)):
            return _text(kind, way, facts, base_url)

    return compose


def _text(kind: MessageKind, way: Channel, facts: Mapping[str, object], base_url: str) -> Text:
    match kind:
        case MessageKind.CONSENT:
            return _asked(way, facts, base_url)
        case MessageKind.CONSENT_CHANGED:
            return _look_again(way, facts, base_url)
        case MessageKind.BOOKED | MessageKind.CHANGED | MessageKind.CANCELLED | MessageKind.ANOTHER_BOOKING:
            return _of_booking(kind, way, facts, base_url)


def _of_booking(kind: OfBooking, way: Channel, facts: Mapping[str, object], base_url: str) -> Text:
    time, clinic = facts["time"], facts["clinic"]
    assert isinstance(time, Time)
    place = clinic if isinstance(clinic, Clinic) else None
    when, link = _for_sms(say_time(time)), f"{base_url}/b/{facts['link']}"
    subject, sentences = _sentences(kind, when, link)
    lines = [*sentences[:1], *_place(place, way), *sentences[1:]]
    if way is Channel.EMAIL:
        lines.append(_("Bokningskod: %(code)s", code=_left_to_right(in_threes(str(facts["code"])))))
    return _joined(way, subject, lines)


def _joined(way: Channel, subject: str, lines: Sequence[str]) -> Text:
    return Text(subject, "\n\n".join([_("Hej!"), *lines]) if way is Channel.EMAIL else " ".join(lines))


def _for_sms(text: str) -> str:
    """A no-break space would make an SMS cost twice: it is not in the alphabet that fits 160 characters."""
    return text.replace("\u00a0", " ")


def _sentences(kind: OfBooking, when: str, link: str) -> tuple[str, list[str]]:
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
    if not clinic.phone:
        return [address]
    return [_("%(address)s. Telefon: %(phone)s", address=address, phone=_left_to_right(clinic.phone))]


LEFT_TO_RIGHT, END = "\u2066", "\u2069"
"""Unicode's isolates: groups of digits stand in their order in a language that is read from the right."""


def _left_to_right(digits: str) -> str:
    locale = get_locale()
    return f"{LEFT_TO_RIGHT}{digits}{END}" if locale and locale.text_direction == "rtl" else digits


def _asked(way: Channel, facts: Mapping[str, object], base_url: str) -> Text:
    """The other guardian is asked: no name, no place, nothing of what it is about (docs/decisions/0013)."""
    until, link = facts["until"], f"{base_url}/samtycke/{facts['link']}"
    assert isinstance(until, datetime)
    lines = [
        _("Du har en fråga att svara på, senast %(until)s.", until=_for_sms(say_until(until))),
        _("Logga in med e-legitimation: %(link)s", link=link),
    ]
    if way is Channel.EMAIL:
        lines.append(_("Du hittar den också under Mina sidor. Bara du kan läsa den."))
    return _joined(way, _("Du har en fråga att svara på"), lines)


def _look_again(way: Channel, facts: Mapping[str, object], base_url: str) -> Text:
    link = f"{base_url}/b/{facts['link']}"
    return _joined(
        way, _("Något har ändrats i din bokning"), [_("Något har ändrats i din bokning. Se vad: %(link)s", link=link)]
    )
