"""Languages, and times as a person says them (måndag 5 januari kl. 14.20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from babel import Locale
from babel.lists import format_list
from babel.support import Translations
from flask import Flask, Request, Response, current_app, g, request
from flask_babel import Babel, format_date, format_decimal, get_locale, get_translations, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from journal_core.booking.rules import Time
from journal_core.clock import MINUTES_A_DAY, local
from portal.web.languages import FOLDER, LANGUAGES, SOURCE, Language
from portal.web.security import is_open_data
from portal.web.services import services

DAYS = {"fi": "EEEE d. MMMM"}
"""How a day is said where it isn't weekday, day, month; in Babel's letters."""
SHORT_DAYS = {"fi": "d. MMM"}
DOTTED = ("sv", "fi")
"""Languages that write the time of day with a dot."""
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
babel = Babel()


def language(asking: Request | None = None) -> str:
    """?lang= wins, then what was chosen before, then the browser's, then Swedish; of those that are on.

    A screen that many use goes by the address alone: nobody's choice is left to the next.
    """
    asked, on = asking or request, services().site.languages
    if current_app.config.get("SHARED_BY_MANY"):
        wish = asked.args.get("lang", "")
        return wish if wish in on else SOURCE
    for wish in (asked.args.get("lang", ""), asked.cookies.get(COOKIE, "")):
        if wish in on:
            return wish
    return asked.accept_languages.best_match(on) or SOURCE


def languages() -> Sequence[Language]:
    """Those that are on."""
    return [LANGUAGES[code] for code in services().site.languages]


def direction(code: str | None = None) -> str:
    """ltr or rtl, of a language or of this page's."""
    return str(Locale.parse(code or language()).text_direction)


def _remember(response: Response) -> Response:
    if is_open_data():
        return response  # in no language, and no cookie
    chosen = request.args.get("lang", "")
    if chosen in services().site.languages and not current_app.config.get("SHARED_BY_MANY"):
        response.set_cookie(COOKIE, chosen, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=services().site.https)
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def clock_time(minute: int) -> str:
    """Minutes from midnight as 14.20 or 14:20, by the language."""
    hour, rest = divmod(minute % MINUTES_A_DAY, 60)
    return f"{hour:02}{'.' if _code() in DOTTED else ':'}{rest:02}"


def clock_of(instant: datetime) -> str:
    wall = local(instant)
    return clock_time(wall.hour * 60 + wall.minute)


def say_day(day: date, *, year: bool = False) -> str:
    """måndag 5 januari, with the year where it could be mistaken."""
    pattern = DAYS.get(_code(), "EEEE d MMMM")
    return str(format_date(day, f"{pattern} y" if year else pattern))


def short_day(day: date) -> str:
    """5 jan"""
    return str(format_date(day, SHORT_DAYS.get(_code(), "d MMM"))).rstrip(".")


def weekday(day: date) -> str:
    return str(format_date(day, "cccc"))


def say_time(time: Time, *, year: bool = False) -> str:
    """måndag 5 januari kl. 14.20; the clock never stands alone on a line."""
    words = _("%(day)s kl. %(time)s", day=say_day(time.day, year=year), time=clock_time(time.minute))
    before, blank, clock = words.rpartition(" ")
    return f"{before}\u00a0{clock}" if blank else words


def say_instant(instant: datetime) -> str:
    wall = local(instant)
    return say_time(Time(wall.date(), wall.hour * 60 + wall.minute))


def say_until(until: datetime) -> str:
    """The end of a day is said as that day, not as midnight of the next."""
    wall = local(until)
    return say_instant(until) if wall.hour or wall.minute else say_day(wall.date() - timedelta(days=1))


def time_tag(time: Time, *, year: bool = False, first: bool = False) -> Markup:
    """The same in a <time> element. `first`: it begins a line."""
    words = capital(say_time(time, year=year)) if first else say_time(time, year=year)
    stamp = f"{time.day.isoformat()}T{time.minute // 60:02}:{time.minute % 60:02}"
    return Markup('<time datetime="{}">{}</time>').format(stamp, words)


def distance(km: float) -> str:
    """1,2 km; above ten kilometres without decimals."""
    return _("%(km)s km", km=format_decimal(round(km) if km >= 10 else round(km, 1)))


def minutes_left(count: int) -> str:
    return ngettext("Du har ungefär %(num)d minut kvar.", "Du har ungefär %(num)d minuter kvar.", count)


def listed(names: Iterable[str]) -> str:
    """TBE, Resa och Influensa"""
    return format_list([str(name) for name in names], locale=get_locale() or SOURCE)


def capital(text: str) -> str:
    """The first letter large, the rest untouched."""
    return text[:1].upper() + text[1:]


def _code() -> str:
    locale = get_locale()
    return str(locale.language) if locale else SOURCE


def _say_quickly(app: Flask) -> None:
    """A page asks for a hundred sentences, all in one language: it is looked up once a request, not once a sentence.

    Templates are never rendered under another language than the request's.
    """

    def spoken() -> Translations:
        if "translations" not in g:
            g.translations = get_translations()
        found: Translations = g.translations
        return found

    # Put there by Jinja's own extension, which its types don't know of.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda words: spoken().ugettext(words),
        ngettext=lambda one, many, count: spoken().ungettext(one, many, count),
        newstyle=True,
    )


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    babel.init_app(app, locale_selector=language)
    _say_quickly(app)
    app.after_request(_remember)
    app.jinja_env.filters.update(
        day=say_day,
        short_day=short_day,
        weekday=weekday,
        time=time_tag,
        clock=clock_time,
        clock_of=clock_of,
        capital=capital,
        instant=say_instant,
        until=say_until,
        distance=distance,
        listed=listed,
        number=lambda written: format_decimal(written),
    )
    app.jinja_env.globals.update(languages=languages, current_language=language, direction=direction)
