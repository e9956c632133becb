"""Reading who comes and how to reach the booker."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask_babel import gettext as _

from journal_core.booking.rules import Coming
from journal_core.messages.model import Channel
from journal_core.messages.use_cases import Recipient
from journal_core.persons.model import Sex
from journal_core.persons.rules import read_birth_date, read_identity
from journal_core.refusal import Refusal
from portal.web.contacts import read_email, read_mobile, recipient
from portal.web.forms import JOINERS, Form
from portal.words import say

LONGEST_NAME = 100
Read = TypeVar("Read")


@dataclass(frozen=True)
class Who:
    """Who comes, with the number of the block each was typed in, and whom to write to."""

    coming: tuple[Coming, ...]
    blocks: tuple[int, ...]
    recipient: Recipient


def read_who(
    form: Form, persons: int, known: Coming | None, today: date, language: str, *, logged_in: bool = False
) -> Who | None:
    """What was typed, or None with the form's problems said. `known` comes first where nothing of that is asked.

    Whoever is logged in finds the booking on the own pages, so a way to be reached need not be told, and goes by what was.
    """
    numbers = [n for n in range(1, persons + 1) if n == 1 or _touched(form, n)]
    coming = [known if n == 1 and known else _read_person(form, n, today) for n in numbers]
    if len(numbers) < persons and not form.ticked("fewer"):
        form.wrong("fewer", _fewer(len(numbers)))
    untold = logged_in and "channel" not in form.data
    reached = _read_ways(form, language) if untold else _read_contact(form, language)
    if not form.fine or reached is None:
        return None
    return Who(tuple(person for person in coming if person), tuple(numbers), reached)


def _fewer(count: int) -> str:
    if count == 1:
        return _("Kommer bara en person? Kryssa i rutan längst ner, eller fyll i alla.")
    return _("Kommer bara %(count)d personer? Kryssa i rutan längst ner, eller fyll i alla.", count=count)


def without_number(form: Form, n: int) -> bool:
    """Whether block `n` is the one for somebody without a Swedish number."""
    return f"person-{n}-birth_date" in form.data


def _touched(form: Form, n: int) -> bool:
    names = ("identity", "birth_date", "given_name", "family_name")
    return any(form.text(f"person-{n}-{name}") for name in names)


def _read_person(form: Form, n: int, today: date) -> Coming | None:
    """In the order of the page, so that the summary of what is wrong has it too."""
    if without_number(form, n):
        born = _told(form, f"person-{n}-birth_date", lambda typed: read_birth_date(typed, today))
        sex = _sex(form, f"person-{n}-sex")
        given, family = _names(form, n)
        return Coming(born, given, family, sex=sex) if born and sex and given and family else None
    identity = _told(form, f"person-{n}-identity", lambda typed: read_identity(typed, today))
    given, family = _names(form, n)
    return Coming(identity.born, given, family, identity) if identity and given and family else None


def _names(form: Form, n: int) -> tuple[str, str]:
    return _name(form, n, "given_name"), _name(form, n, "family_name")


def _told(form: Form, name: str, read: Callable[[str], Read]) -> Read | None:
    """A field read by the core's own rule; its "no" becomes the field's problem."""
    try:
        return read(form.figures(name))
    except Refusal as refusal:
        form.wrong(name, say(refusal))
        return None


def _name(form: Form, n: int, part: str) -> str:
    name = f"person-{n}-{part}"
    typed = form.text(name)
    if not typed:
        form.wrong(name, _("Skriv förnamnet.") if part == "given_name" else _("Skriv efternamnet."))
    elif len(typed) > LONGEST_NAME:
        form.wrong(name, _("Namnet är för långt. Skriv högst %(count)d tecken.", count=LONGEST_NAME))
    elif not _is_name(typed):
        form.wrong(name, _("Skriv namnet med bokstäver."))
    return typed


def _is_name(typed: str) -> bool:
    """Letters of any script with what stands between them, and no pictures."""
    kinds = [unicodedata.category(c) for c in typed if c not in JOINERS]
    return any(kind[0] == "L" for kind in kinds) and all(kind[0] in "LMZPN" for kind in kinds)


def _sex(form: Form, name: str) -> Sex | None:
    try:
        return Sex(form.text(name))
    except ValueError:
        form.wrong(name, _("Välj kön, så att personalen hittar rätt person."))
        return None


def _read_ways(form: Form, language: str) -> Recipient:
    mobile = read_mobile(form, "mobile", for_sms=True)
    return recipient(mobile, read_email(form, "email"), language)


def _read_contact(form: Form, language: str) -> Recipient | None:
    try:
        channel = Channel(form.text("channel"))
    except ValueError:
        form.wrong("channel", _("Välj hur du vill ha bekräftelsen."))
        return None
    mobile = read_mobile(form, "mobile", needed=Channel.SMS in channel.ways)
    email = read_email(form, "email", needed=Channel.EMAIL in channel.ways)
    return Recipient(channel, mobile, email, language)
