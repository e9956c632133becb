"""Small shapes for the eye that many pages share: phone numbers, codes, QR codes."""

from __future__ import annotations

import phonenumbers
import qrcode
import qrcode.constants
from flask import Flask
from markupsafe import Markup

from journal_core.persons.rules import show_identity
from portal.web.times import value_of

NO_BREAK_SPACE, NO_BREAK_HYPHEN = "\u00a0", "\u2011"


def in_threes(code: str) -> str:
    """482 773 096"""
    return " ".join(code[n : n + 3] for n in range(0, len(code), 3))


def show_phone(number: str) -> str:
    """070-174 06 05 for a Swedish number, else international form; what can't be read stays as it is."""
    try:
        parsed = phonenumbers.parse(number, "SE")
    except phonenumbers.NumberParseException:
        return number
    swedish = parsed.country_code == 46
    style = phonenumbers.PhoneNumberFormat.NATIONAL if swedish else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def phone_link(number: str) -> str:
    """tel:+46701740605"""
    try:
        parsed = phonenumbers.parse(number, "SE")
    except phonenumbers.NumberParseException:
        return "tel:" + "".join(c for c in number if c.isdigit() or c == "+")
    return "tel:" + phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_html(number: str) -> Markup:
    """A number that can be pressed, read left to right in every language and never broken over two lines."""
    shown = show_phone(number).replace(" ", NO_BREAK_SPACE).replace("-", NO_BREAK_HYPHEN)
    return Markup('<a href="{}"><bdi dir="ltr">{}</bdi></a>').format(phone_link(number), shown)


def email_html(address: str) -> Markup:
    return Markup('<a href="mailto:{}"><bdi dir="ltr">{}</bdi></a>').format(address, address)


def qr_svg(text: str, label: str) -> Markup:
    """`text` as an SVG QR code with a quiet zone, black on white in every mode, named `label` for screen readers."""
    path, size = qr_path(text)
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#000" d="{}"/></svg>'
    ).format(label, size, size, path)


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules as an SVG path, one unit each, and how many units the square with its quiet zone is wide."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return path, len(rows)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        time_value=value_of, threes=in_threes, phone=show_phone, tel=phone_link, identity=show_identity
    )
    app.jinja_env.globals.update(phone_html=phone_html, email_html=email_html)
