"""Where a page may lead on to."""

from __future__ import annotations


def local_path(wanted: str, otherwise: str) -> str:
    """A path on this site, so that a link can't lead a logged-in person elsewhere."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside and len(wanted) < 500 else otherwise
