"""Which languages the interface has, and which of them a native speaker has read. The words stand in portal/translations."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parents[1] / "translations"
SOURCE = "sv"


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    """In the language itself."""
    reviewed: str = ""
    """The day on which a native speaker had read all of it; empty until then."""
    source: bool = False
    """What the interface is written in."""

    @property
    def ready(self) -> bool:
        """On in production unless somebody chooses otherwise."""
        return self.source or bool(self.reviewed)


def _read(file: Path) -> Mapping[str, Language]:
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType({code: Language(code, **one) for code, one in told.items()})


LANGUAGES = _read(FOLDER / "languages.toml")
"""By code, in the order in which they are offered."""
READY = tuple(code for code, one in LANGUAGES.items() if one.ready)
