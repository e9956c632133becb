"""Whatever can be said is said in every language, and an English page says nothing in Swedish."""

from __future__ import annotations

import ast
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from jinja2 import Environment
from playwright.sync_api import Browser
from sqlalchemy import select

from config.assets import translations
from journal_core.messages.model import OutgoingMessage
from journal_core.messages.use_cases import sealed_for
from tests.build.states import STATES
from tests.build.swedish import NOT_WORDS, Words, names, swedish
from tests.build.world import World

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "portal" / "templates"
CATALOGUE = Path("en", "LC_MESSAGES", "messages.po")
SAYS = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "pgettext"}

# Everything is said


def test_every_language_says_everything_and_fills_in_the_same() -> None:
    assert translations.complaints() == []


def blank(text: str) -> str:
    return re.sub(r'(msgid "Boka tiden"\nmsgstr) ".+"', r'\1 ""', text)


def blank_one_form(text: str) -> str:
    return re.sub(r'(msgid_plural "%\(num\)d tider"\nmsgstr\[0\] ".+"\nmsgstr\[1\]) ".+"', r'\1 ""', text)


def lose_a_fact(text: str) -> str:
    return text.replace('msgstr "Call %(phone)s."', 'msgstr "Call."')


def misspell_a_fact(text: str) -> str:
    return text.replace('msgstr "Call %(phone)s."', 'msgstr "Call %(phone)s %(fone)s."')


def doubt(text: str) -> str:
    return text.replace('msgid "Boka tiden"', '#, fuzzy\nmsgid "Boka tiden"')


def forget(text: str) -> str:
    return re.sub(r'msgid "Boka tiden"\nmsgstr ".+"\n', "", text)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (blank, "en: not translated: “Boka tiden”"),
        (blank_one_form, "en: not translated: “%(num)d tid”"),
        (lose_a_fact, "en: lacks %(phone)s: “Ring %(phone)s.”"),
        (misspell_a_fact, "en: has %(fone)s, which the source has not: “Ring %(phone)s.”"),
        (doubt, "en: fuzzy: “Boka tiden”"),
        (forget, "en: missing: “Boka tiden”"),
    ],
)
def test_a_hole_is_complained_of(
    spoil: Callable[[str], str], complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(translations.FOLDER, tmp_path / "translations")
    copy = tmp_path / "translations" / CATALOGUE
    monkeypatch.setattr(translations, "FOLDER", tmp_path / "translations")
    before = translations.complaints()
    copy.write_text(spoil(copy.read_text(encoding="utf-8")), encoding="utf-8")
    [found] = set(translations.complaints()) - set(before)
    assert found.startswith(complaint)


def test_the_server_reads_what_is_written() -> None:
    for language in translations.languages():
        fresh = io.BytesIO()
        write_mo(fresh, translations._read(language))
        compiled = translations._file(language).with_suffix(".mo").read_bytes()
        assert sentences(compiled) == sentences(fresh.getvalue()), "run make assets"


def sentences(compiled: bytes) -> list[object]:
    """Without the header, which has the time in it."""
    return [(message.id, message.string) for message in read_mo(io.BytesIO(compiled)) if message.id]


# Nothing is said past the translations


@pytest.mark.parametrize("template", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")))
def test_templates_say_nothing_untranslated(template: str) -> None:
    source = (TEMPLATES / template).read_text(encoding="utf-8")
    assert [text for text in said_by_itself(source) if text not in NOT_WORDS | {"Language"}] == []


def said_by_itself(source: str) -> list[str]:
    """Words of a template outside its expressions."""
    tokens = Environment(autoescape=True).lex(source)
    html = "".join(value for _line, kind, value in tokens if kind == "data")
    texts = [re.sub(r'\b[a-z-]+="[^"]*"', "", text) for text in Words(html).found]  # blocks and macros may be attributes
    return [word for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)]


def test_python_says_nothing_untranslated() -> None:
    found = [f"{path.relative_to(ROOT)}: {text}" for path in (ROOT / "portal").rglob("*.py") for text in unasked(path)]
    assert found == []


def unasked(path: Path) -> Iterator[str]:
    """Swedish strings that nobody asks a translation of."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS
        for argument in node.args
    }
    asked |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in asked
            and re.search("[åäö]", node.value)
        ):
            yield node.value


# And so it looks to the reader


def test_what_goes_out_in_english_speaks_no_swedish(world: World, chromium: Browser) -> None:
    """Text message, email and calendar file."""
    with world.with_page(chromium, language="en", javascript=False) as page:
        STATES["done"].show(page, world)
        link = page.locator("main").get_attribute("data-booking-link")
    calendar = world.app.test_client().get(f"{link}/kalender.ics?lang=en").get_data(as_text=True)
    with world.database.reading() as session:
        sent = session.scalars(select(OutgoingMessage).where(OutgoingMessage.language == "en")).all()
        bodies = [world.tools.vault.open(sealed_for(message.booking_id), message.body) for message in sent]
    assert {message.way.value for message in sent} == {"sms", "email"}
    assert "Visit to a clinic" in calendar
    assert swedish([*(message.subject for message in sent), *bodies, calendar], names(world)) == []


def test_swedish_is_seen() -> None:
    """The eyes of the tests above: they see Swedish, and look away where they should."""
    assert swedish(Words('<p>Välj</p><p aria-label="Boka tiden">Book</p>').found) == ["Välj", "Boka tiden"]
    assert swedish(Words('<p><bdi>Åsa</bdi><br> is here</p><div lang="sv"><p>Hej då</p></div><p>Bye</p>').found) == []
    assert swedish(["Clinic Ängen"], ["Clinic Ängen"]) == []
