"""The design: every component can be looked at in one room, and every sheet of style reads from either side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2.runtime import Macro

from journal_core.transaction import Database
from tests.build.clocks import FixedClock
from tests.build.site import Browser, a_portal

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "portal" / "templates" / "components"
ROOMS = ("/utveckling/komponenter", "/utveckling/komponenter/personal")
SIDED = re.compile(r"(?:^|-)(?:left|right|top|bottom)(?:$|-)")
SIDED_VALUES = re.compile(r"\b(?:left|right)\b|translateX\(|translate\(|translate3d\(|scaleX\(")
FOUR_SIDES = ("margin", "padding", "inset", "border-width", "border-style", "border-color", "scroll-margin", "scroll-padding")
MAY_BE_SIDED = {
    ("portal.css", "transform: scaleX(-1)"): "what turns arrows round where one reads from the right",
    ("kiosk.css", "transform: scaleX(-1)"): "one's own picture in a camera is a mirror, whichever way one reads",
}
"""Declarations that name a side, by file, each with its reason."""


# Components


def test_every_component_is_shown_in_the_design_room(
    sqlite_database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = macros_called(monkeypatch)
    browser = Browser(a_portal(sqlite_database, clock))
    for room in ROOMS:
        assert browser.get(room).status == 200
    assert set(macros()) - called == set()


def macros() -> Iterator[tuple[str, str]]:
    """File and name of every macro that components are made of."""
    for path in COMPONENTS.glob("*.html"):
        for name in re.findall(r"{%-?\s*macro\s+(\w+)", path.read_text(encoding="utf-8")):
            yield str(path), name


def macros_called(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Notes file and name of each macro that a page really shows from now on, not only those that its template names."""
    called: set[tuple[str, str]] = set()
    invoke = Macro._invoke

    def note(macro: Macro, arguments: list[Any], autoescape: bool) -> str:
        called.add((macro._func.__code__.co_filename, macro.name))
        return invoke(macro, arguments, autoescape)

    monkeypatch.setattr(Macro, "_invoke", note)
    return called


def test_the_room_can_be_turned_and_painted(sqlite_database: Database, clock: FixedClock) -> None:
    browser = Browser(a_portal(sqlite_database, clock))
    for room in ROOMS:
        assert 'dir="rtl"><head>' in re.sub(r"\s*\n\s*", "", browser.get(f"{room}?riktning=rtl&farg=gul").html)
        assert "--accent: #ffe600" in browser.html
        assert 'dir="ltr"><head>' in re.sub(r"\s*\n\s*", "", browser.get(f"{room}?riktning=up&farg=red").html)
        assert "--accent:" not in browser.html


# Style


@pytest.mark.parametrize("sheet", sorted(ROOT.glob("*/static/css/*.css")), ids=lambda path: path.name)
def test_no_sheet_of_style_names_a_side(sheet: Path) -> None:
    """Start and end, not left and right: then a page in Arabic needs no sheet of its own."""
    found = sided(sheet.read_text(encoding="utf-8"))
    assert [one for one in found if (sheet.name, one) not in MAY_BE_SIDED] == []


def test_what_may_be_sided_still_is() -> None:
    for name, declaration in MAY_BE_SIDED:
        assert declaration in sided((ROOT / "portal" / "static" / "css" / name).read_text(encoding="utf-8")), declaration


def test_sides_are_seen() -> None:
    css = """
    a { margin-left: 1px; border-top-right-radius: 1px; left: 0; text-align: right; margin: 0 1px 0 2px; float:left }
    b { margin-inline-start: 1px; text-align: end; margin: 1px 2px 3px; border-radius: 1px 1px 2px 2px }
    i { border-radius: 1px 2px 1px 1px; /* left: 0 */ --left: 1px }
    """
    assert sided(css) == [
        "margin-left: 1px",
        "border-top-right-radius: 1px",
        "left: 0",
        "text-align: right",
        "margin: 0 1px 0 2px",
        "float: left",
        "border-radius: 1px 2px 1px 1px",
    ]


def sided(css: str) -> list[str]:
    """Declarations that hold for one side of the page, whichever way it is read."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    declarations = re.findall(r"(?<=[{;])\s*([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])", bare)
    return [f"{name}: {value.strip()}" for name, value in declarations if _is_sided(name, value.strip())]


def _is_sided(name: str, value: str) -> bool:
    if name.startswith("--"):
        return False
    parts: list[str] = re.findall(r"(?:[^\s(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+", value)
    if name in FOUR_SIDES and len(parts) == 4:
        return parts[1] != parts[3]
    if name == "border-radius" and len(parts) == 4:
        return parts[0] != parts[1] or parts[2] != parts[3]
    return bool(SIDED.search(name) or SIDED_VALUES.search(value))
