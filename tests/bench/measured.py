"""What a benchmark says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Measured:
    name: str
    engine: str
    value: float
    unit: str
    against: float
    """What the same run measured of the other thing, in the same unit."""

    @property
    def ratio(self) -> float:
        return self.value / self.against

    def line(self) -> str:
        figures = {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()}
        return json.dumps({**figures, "ratio": round(self.ratio, 3)})


def alternate(rounds: int, value: Callable[[], float], against: Callable[[], float]) -> tuple[float, float]:
    """Medians of both, measured in turn; the first round only warms up."""
    pairs = [(value(), against()) for _round in range(rounds + 1)][1:]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
