"""`make soak`: the stress tests in their long form, one after the other; how each went stands in var/soak.jsonl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "var" / "soak.jsonl"
LONG: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "reference": ("tests/database/test_reference.py -n 2", {"REFERENCE_EXAMPLES": "500", "REFERENCE_STEPS": "200"}),
    "crowd": ("tests/races/test_crowd.py", {"CROWD_SECONDS": "300", "CROWD_CLINICS": "1000"}),
}
"""What runs, with what makes it long: 100,000 steps on each engine; five minutes at one clinic and at 1,000, on each."""


def main() -> int:
    KEPT.parent.mkdir(exist_ok=True)
    return max(_run(name) for name in LONG)


def _run(name: str) -> int:
    words, environ = LONG[name]
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", *words.split(), "-q", "-p", "no:cacheprovider"]
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, check=False).returncode
    line = json.dumps({"name": name, "passed": code == 0, "seconds": round(time.monotonic() - begun), **environ})
    print(line, flush=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        kept.write(line + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
