"""Places that people name in the search, from the file that the asset build makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    number = names().get(folded)
    if number is None:
        return None
    name, latitude, longitude = _known()["places"][number]
    return Place(name, (latitude, longitude))


def names() -> Mapping[str, int]:
    """Every name of every place, folded, with the place's number: the larger the place, the lower."""
    numbers: Mapping[str, int] = _known()["names"]
    return numbers


def called(number: int) -> str:
    """A place's own name."""
    name: str = _known()["places"][number][0]
    return name


def _known() -> dict[str, Any]:
    folder = current_app.static_folder
    assert folder is not None
    return _read(Path(folder) / FILE)


@lru_cache(maxsize=1)
def _read(file: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return {"names": {}, "places": []}
    return known
