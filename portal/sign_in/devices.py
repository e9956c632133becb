"""What kind of browser somebody uses, so that its owner knows it again in a list. Never more than that is kept."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""The first that is found counts: most call themselves by others' names too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
PHONES = ("iPhone", "iPad", "Android")


def kind_of_browser(user_agent: str) -> str | None:
    """As in "Chrome, Windows"; None for one that nobody knows."""
    known = [_first(user_agent, names) for names in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in known if name) or None


def is_phone(user_agent: str) -> bool:
    """Whether the app is likely to be on the device that shows the page."""
    return _first(user_agent, SYSTEMS) in PHONES


def _first(user_agent: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for mark, name in names if mark in user_agent), None)
