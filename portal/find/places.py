"""Places that people name in the search, from the file that the asset build makes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app

FILE = Path("built", "places.json")


@dataclass(frozen=True)
class Place:
    name: str
    position: tuple[float, float]
    """Latitude and longitude in degrees."""


def place(folded: str) -> Place | None:
    """The place of that name, folded as search compares; None when there is none, or no file of them."""
    folder = current_app.static_folder
    assert folder is not None
    known = _read(Path(folder) / FILE)
    number = known["names"].get(folded)
    if number is None:
        return None
    name, latitude, longitude = known["places"][number]
    return Place(name, (latitude, longitude))


@lru_cache(maxsize=1)
def _read(file: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return {"names": {}, "places": []}
    return known
