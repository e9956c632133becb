"""How the core says no: a code and facts, never words. The doors turn codes into sentences."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Refusal(Exception):
    """A use case's "no". `code` is one of the noun's refusals.py; `facts` fill the sentence that the door says."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, object] = MappingProxyType(facts)
