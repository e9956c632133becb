"""Where things are: distances, the plain drawing, and how pins share it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal_core.catalogue.queries import Hit
from journal_core.organisation.rules import DRAWN, distance_km, flat
from portal.find.drawing import LOWEST, PIN, TALLEST, WIDTH, drawing

STOCKHOLM, GOTHENBURG, KIRUNA = (59.3294, 18.0687), (57.7072, 11.9668), (67.8557, 20.2251)
POSITIONS = st.tuples(st.floats(55.3, 69.1), st.floats(11.0, 24.2))


@pytest.mark.parametrize(("here", "there", "km"), [(STOCKHOLM, GOTHENBURG, 398), (STOCKHOLM, KIRUNA, 953), (KIRUNA, KIRUNA, 0)])
def test_distances_that_are_known(here: tuple[float, float], there: tuple[float, float], km: float) -> None:
    assert distance_km(here, there) == pytest.approx(km, abs=3)


@given(POSITIONS, POSITIONS, POSITIONS)
def test_distances_are_distances(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert distance_km(a, b) == pytest.approx(distance_km(b, a)) and distance_km(a, b) >= 0
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6


@given(POSITIONS)
def test_everything_in_sweden_is_on_the_drawing(position: tuple[float, float]) -> None:
    x, y = flat(*position)
    left, top, width, height = DRAWN
    assert left <= x <= left + width and top <= y <= top + height


def hits(positions: list[tuple[float, float] | None]) -> tuple[Hit, ...]:
    return tuple(Hit(n, f"Mottagning {n}", None, None, *(position or (None, None))) for n, position in enumerate(positions, 1))


@given(st.lists(st.none() | POSITIONS, max_size=60))
def test_every_pin_stands_on_the_drawing_alone_or_in_one_group(positions: list[tuple[float, float] | None]) -> None:
    found = hits(positions)
    drawn = drawing(found)
    if drawn is None:
        assert not any(positions)
        return
    numbers = sorted(number for group in drawn.groups for number, _hit in group.numbered)
    assert numbers == [number for number, position in enumerate(positions, 1) if position is not None]
    assert LOWEST * (WIDTH - PIN) <= drawn.height - PIN <= TALLEST * (WIDTH - PIN) + 1e-6
    for place, group in enumerate(drawn.groups):
        assert (
            PIN / 2 - 1e-6 <= group.x <= WIDTH - PIN / 2 + 1e-6 and PIN / 2 - 1e-6 <= group.y <= drawn.height - PIN / 2 + 1e-6
        )
        for other in drawn.groups[place + 1 :]:
            assert math.hypot(group.x - other.x, group.y - other.y) >= PIN


@given(st.lists(POSITIONS, min_size=2, max_size=40))
def test_a_group_tells_the_part_of_the_map_that_holds_it(positions: list[tuple[float, float]]) -> None:
    drawn = drawing(hits(list(positions)))
    assert drawn is not None
    for group in drawn.groups:
        box = group.box
        for _number, hit in group.numbered:
            assert box is None or (
                box.south <= (hit.latitude or 0) <= box.north and box.west <= (hit.longitude or 0) <= box.east
            )
        parted = drawing(tuple(hit for _number, hit in group.numbered))
        assert parted is not None
        assert box is None or len(group.numbered) == 1 or len(parted.groups) > 1, "whoever opens a group comes further"


def test_one_clinic_alone_is_drawn_in_the_middle() -> None:
    drawn = drawing(hits([STOCKHOLM]))
    assert drawn is not None
    assert (drawn.groups[0].x, drawn.groups[0].box) == (WIDTH / 2, None)
