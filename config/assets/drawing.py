"""Sweden's counties as one picture, for the map that is drawn without JavaScript. Light and dark are in the file itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.assets.borders import RESULT as BORDERS
from config.assets.made import BUILT, Step, replace_file
from config.assets.places import points_of

RESULT = BUILT / "sweden.svg"
STYLE = (
    "path{fill:#fff;stroke:#9aa3c4;stroke-width:.01;stroke-linejoin:round}"
    "@media(prefers-color-scheme:dark){path{fill:#33375f;stroke:#6d74a8}}"
)


def step() -> Step:
    return Step(RESULT.name, (BORDERS, Path(__file__)), (RESULT,), _make)


def _make() -> None:
    from journal_core.organisation.rules import DRAWN, flat  # slow to import, and most times there is nothing to make

    borders = json.loads(BORDERS.read_text(encoding="utf-8"))
    shapes = borders["objects"]["counties"]["geometries"]
    rings = [[flat(latitude, longitude) for longitude, latitude in ring] for each in shapes for ring in _rings(borders, each)]
    paths = "".join(f"M{' '.join(f'{x:.3f},{y:.3f}' for x, y in ring)}Z" for ring in rings)
    box = " ".join(str(edge) for edge in DRAWN)
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><style>{STYLE}</style><path d="{paths}"/></svg>'
    replace_file(RESULT, drawn.encode())


def _rings(borders: dict[str, Any], shape: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        for ring in polygon:
            points: list[tuple[float, float]] = []
            for arc in ring:
                found = list(points_of(borders, arc if arc >= 0 else ~arc))
                points += found if arc >= 0 else found[::-1]
            yield points
