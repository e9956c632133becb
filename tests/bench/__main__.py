"""`make bench`, `make bench B=name`: one JSON line each, all of them in var/bench.jsonl too."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import map_first_view
from tests.bench.measured import Measured

KEPT = Path(__file__).parents[2] / "var" / "bench.jsonl"
BENCHMARKS: Mapping[str, Callable[[], Measured]] = {"map-first-view": map_first_view.measure}


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 1
    logging.disable(logging.CRITICAL)
    KEPT.parent.mkdir(exist_ok=True)
    for name in names or BENCHMARKS:
        line = BENCHMARKS[name]().line()
        print(line, flush=True)
        with KEPT.open("a", encoding="utf-8") as kept:
            kept.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
