"""The map without JavaScript: a plain drawing with the same pins as links. Where they crowd, one link stands for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from journal_core.catalogue.queries import Box, Hit
from journal_core.organisation.rules import DRAWN, flat

WIDTH = 288
"""Units, each a pixel on the narrowest phone."""
PIN = 46
"""As large as a finger, and as far from the next."""
TALLEST, LOWEST = 2.3, 1.0
"""Height of the drawing in widths."""
SAME_SPOT = 0.0005
"""Degrees, some 50 metres: what lies so close is not parted. Else each group opens, for its own part is drawn anew."""


@dataclass
class Group:
    """Pins so close that one stands for all."""

    x: float
    y: float
    numbered: list[tuple[int, Hit]]
    """With their numbers in the list."""

    @property
    def box(self) -> Box | None:
        """The part of the map that shows them apart; None when none does."""
        places = [hit.position for _number, hit in self.numbered if hit.position is not None]
        latitudes, longitudes = zip(*places, strict=True)
        if max(latitudes) - min(latitudes) < SAME_SPOT and max(longitudes) - min(longitudes) < SAME_SPOT:
            return None
        return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


@dataclass(frozen=True)
class Picture:
    """Where Sweden's picture lies, in units of the drawing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    height: float
    groups: Sequence[Group]
    picture: Picture


@lru_cache(maxsize=32)
def drawing(hits: tuple[Hit, ...]) -> Drawing | None:
    """The hits in the order of the list; None when none has a position. Kept, for most people ask for the same few lists."""
    placed = [(number, hit, flat(*hit.position)) for number, hit in enumerate(hits, 1) if hit.position is not None]
    if not placed:
        return None
    xs, ys = ([spot[axis] for _number, _hit, spot in placed] for axis in (0, 1))
    wide, high = max(max(xs) - min(xs), SAME_SPOT), max(max(ys) - min(ys), SAME_SPOT)
    room = WIDTH - PIN
    height = min(max(room * high / wide, LOWEST * room), TALLEST * room)
    scale = min(room / wide, height / high)
    left = WIDTH / 2 - scale * (min(xs) + max(xs)) / 2
    top = (height + PIN) / 2 - scale * (min(ys) + max(ys)) / 2
    groups: list[Group] = []
    for number, hit, (x, y) in placed:
        _join(groups, number, hit, left + scale * x, top + scale * y)
    x, y, width, tall = DRAWN
    return Drawing(height + PIN, groups, Picture(left + scale * x, top + scale * y, scale * width, scale * tall))


def _join(groups: list[Group], number: int, hit: Hit, x: float, y: float) -> None:
    """To the first group that it would cover, else as a group of its own."""
    for group in groups:
        if (group.x - x) ** 2 + (group.y - y) ** 2 < PIN**2:
            group.numbered.append((number, hit))
            return
    groups.append(Group(x, y, [(number, hit)]))
