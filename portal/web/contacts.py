"""Reading how somebody is reached."""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from journal_core.messages.model import Channel
from journal_core.messages.use_cases import Recipient
from portal.web.forms import Form

WAYS = {(True, True): Channel.BOTH, (True, False): Channel.SMS, (False, True): Channel.EMAIL}


def recipient(mobile: str | None, email: str | None, language: str) -> Recipient:
    """By whatever was told."""
    return Recipient(WAYS.get((bool(mobile), bool(email)), Channel.NONE), mobile, email, language)


def read_mobile(form: Form, name: str, *, needed: bool = False, for_sms: bool = False) -> str | None:
    """E.164. `for_sms`: if one is told it must take messages."""
    typed = form.text(name)
    if not typed:
        if needed:
            form.wrong(name, _("Skriv ditt mobilnummer, eller välj ett annat sätt att få bekräftelsen."))
        return None
    try:
        number = phonenumbers.parse(typed, "SE")
    except phonenumbers.NumberParseException:
        form.wrong(name, _("Mobilnumret stämmer inte. Skriv det med siffror, till exempel 070-174 06 05."))
        return None
    if not phonenumbers.is_valid_number(number):
        form.wrong(
            name,
            _too_short() if _is_too_short(number) else _("Mobilnumret stämmer inte. Skriv utländska nummer med + först."),
        )
    elif (needed or for_sms) and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE:
        form.wrong(name, _("Dit kan vi inte skicka sms. Skriv ett mobilnummer, eller välj e-post."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _too_short() -> str:
    return _("Mobilnumret är för kort. Skriv alla siffror.")


def _is_too_short(number: phonenumbers.PhoneNumber) -> bool:
    """Shorter than the country's own mobile numbers are."""
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    usual = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    return usual is not None and len(str(number.national_number)) < len(str(usual.national_number))


def read_email(form: Form, name: str, *, needed: bool = False) -> str | None:
    typed = form.text(name)
    if not typed:
        if needed:
            form.wrong(name, _("Skriv din e-postadress, eller välj ett annat sätt att få bekräftelsen."))
        return None
    try:
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        form.wrong(name, _("E-postadressen stämmer inte. Den ska se ut som namn@exempel.se."))
        return None
