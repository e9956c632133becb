"""axe-core in a page: what would stand in the way of somebody's eyes, hands or screen reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
OTHER_SIZE = {**EVERYTHING, "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
"""The same page in another window. Its contrast, which takes the longest, is looked at there in the dark."""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# The waiting-room screen is read from a distance, by whoever comes: contrast of 7 to 1.
SCREEN = {**EVERYTHING, "rules": {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}}}
SCREEN_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced", "link-in-text-block"]}}


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, options: dict[str, Any] = EVERYTHING) -> list[str]:
    """Each violation in one line: rule, what it is about, where. The script comes past the CSP, as a tool of the browser's."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {_script()} }}")
    found = page.evaluate("options => axe.run(document, options).then((result) => result.violations)", options)
    return [f"{one['id']}: {one['help']} ({_where(one)})" for one in found]


def _where(violation: dict[str, Any]) -> str:
    return "; ".join(str(node["target"][0]) for node in violation["nodes"][:5])
