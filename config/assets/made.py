"""Making things once: a step is run only when what it is made of has changed or what it makes is gone."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "portal" / "static" / "built"
STAMPS = BUILT / ".stamps.json"


class AssetError(Exception):
    """Something that the person at the keyboard can put right; the text says how."""


@dataclass(frozen=True)
class Step:
    """One thing to make. Sources are compared by content, so a fresh checkout or a touched file costs nothing."""

    name: str
    sources: tuple[Path, ...]
    results: tuple[Path, ...]
    make: Callable[[], None]

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for source in self.sources:
            if not source.is_file():
                raise AssetError(f"{source} is missing. Install the browser parts first: npm ci --ignore-scripts")
            digest.update(hashlib.sha256(source.read_bytes()).digest())
        return digest.hexdigest()


def make_all(steps: Iterable[Step]) -> list[str]:
    """Run the steps that need it and return their names."""
    stamps = _read_stamps()
    made = []
    for step in steps:
        fingerprint = step.fingerprint()
        if stamps.get(step.name) == fingerprint and all(result.is_file() for result in step.results):
            continue
        for result in step.results:
            result.parent.mkdir(parents=True, exist_ok=True)
        step.make()
        stamps[step.name] = fingerprint
        replace_file(STAMPS, json.dumps(stamps, indent=2).encode())
        made.append(step.name)
    return made


def replace_file(path: Path, content: bytes) -> None:
    """Write whole or not at all: a server may be reading the file meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(content)
    draft.replace(path)


def _read_stamps() -> dict[str, str]:
    try:
        stamps = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}
