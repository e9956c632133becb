"""Identity numbers and birth dates (domain §5); ages stand in clock. Pure: every answer depends on its arguments alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from personnummer.personnummer import Personnummer, PersonnummerException

from journal_core.clock import age_on as age_on
from journal_core.clock import day_of_age as day_of_age
from journal_core.persons import refusals
from journal_core.persons.model import IdentityKind
from journal_core.refusal import Refusal

OLDEST = 130


@dataclass(frozen=True)
class Identity:
    """A checked personnummer or samordningsnummer. `number` is twelve digits."""

    kind: IdentityKind
    number: str
    born: date


def read_identity(typed: str, today: date) -> Identity:
    """The identity number that somebody typed, with 10 or 12 digits, spaces, - or +.

    Ten digits without sign or with - mean somebody not yet 100, with + somebody who has turned 100 (this calendar year too).
    Raises Refusal: identity_incomplete (not that many digits), identity_wrong (no such date, or the check digit differs).
    """
    text = re.sub(r"[\s.]", "", typed).replace("–", "-").replace("−", "-")
    if not re.fullmatch(r"[0-9]{6}([0-9]{2})?[-+]?[0-9]{4}", text):
        raise Refusal(refusals.IDENTITY_INCOMPLETE)
    number = _twelve_digits(text, today)
    try:
        parsed = Personnummer(number, {"allow_coordination_number": True, "allow_interim_number": False})
    except (PersonnummerException, ValueError) as wrong:
        raise Refusal(refusals.IDENTITY_WRONG) from wrong
    born = _born(number)
    if born > today or today.year - born.year > OLDEST:
        raise Refusal(refusals.IDENTITY_WRONG)
    coordination = parsed.is_coordination_number()
    return Identity(
        IdentityKind.COORDINATION if coordination else IdentityKind.PERSONAL,
        number,
        born,
    )


def _twelve_digits(text: str, today: date) -> str:
    digits = re.sub(r"\D", "", text)
    if len(digits) == 12:
        return digits
    year = today.year - (today.year - int(digits[:2])) % 100
    this_century = f"{year:04}{digits[2:]}"
    to_come = year == today.year and _month_and_day(this_century) > (today.month, today.day)
    return f"{year - 100 if '+' in text or to_come else year:04}{digits[2:]}"


def _month_and_day(number: str) -> tuple[int, int]:
    day = int(number[6:8])
    return int(number[4:6]), day - 60 if day > 60 else day


def _born(number: str) -> date:
    month, day = _month_and_day(number)
    return date(int(number[:4]), month, day)


def show_identity(number: str) -> str:
    """Twelve digits as people read them: 19510314-9810."""
    return f"{number[:8]}-{number[8:]}"


def read_birth_date(typed: str, today: date) -> date:
    """A birth date as YYYY-MM-DD; eight digits, spaces, dots and slashes are taken.

    Raises Refusal: birth_date_unreadable, birth_date_month (a month above 12: often day and month changed places),
    birth_date_future, birth_date_too_old.
    """
    parts = re.fullmatch(
        r"([0-9]{4})(?:[-./\s]*([0-9]{2})[-./\s]*([0-9]{2})|[-./\s]+([0-9]{1,2})[-./\s]+([0-9]{1,2}))", typed.strip()
    )
    if parts is None:
        raise Refusal(refusals.BIRTH_DATE_UNREADABLE)
    year, month, day = (int(part) for part in parts.groups() if part)
    if not 1 <= month <= 12:
        raise Refusal(refusals.BIRTH_DATE_MONTH, month=month)
    try:
        born = date(year, month, day)
    except ValueError as wrong:
        raise Refusal(refusals.BIRTH_DATE_UNREADABLE) from wrong
    if born > today:
        raise Refusal(refusals.BIRTH_DATE_FUTURE)
    if today.year - born.year > OLDEST:
        raise Refusal(refusals.BIRTH_DATE_TOO_OLD)
    return born
