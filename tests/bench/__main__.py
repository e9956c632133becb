"""`make bench`, `make bench B=name`: one JSON line each, all of them in var/bench.jsonl too."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench import booking, capacity, country, day_list, map_first_view, pages
from tests.bench.measured import Measured

IN_THE_COUNTRY = {**capacity.MEASURES, **booking.MEASURES}
ON_POSTGRESQL = pages.MEASURES
"""Pages, as a region would serve them."""
KEPT = Path(__file__).parents[2] / "var" / "bench.jsonl"
BENCHMARKS: Mapping[str, Callable[[Collection[str]], Iterable[Measured]]] = {
    "map-first-view": lambda _names: [map_first_view.measure()],
    "day-list": day_list.measure,
    **dict.fromkeys({**IN_THE_COUNTRY, **ON_POSTGRESQL}, partial(country.measure, IN_THE_COUNTRY, ON_POSTGRESQL)),
}
"""By name: what measures it. One that measures several is run once, with the names that are wanted."""


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 1
    logging.disable(logging.CRITICAL)
    KEPT.parent.mkdir(exist_ok=True)
    wanted = names or list(BENCHMARKS)
    for measure in dict.fromkeys(BENCHMARKS[name] for name in wanted):
        for measured in measure(wanted):
            line = measured.line()
            print(line, flush=True)
            with KEPT.open("a", encoding="utf-8") as kept:
                kept.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
