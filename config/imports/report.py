"""What an import tells of itself, on paper that adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from journal_core.organisation.rules import Outcome

DRY_RUN = "Dry run: nothing is written. This is what would happen."


@dataclass(frozen=True, order=True)
class Skip:
    number: int
    """Of the row, counted from 1."""
    reason: str


@dataclass(frozen=True)
class Report:
    """`outcomes`, one for each row that counted, and `skipped` are together all rows read."""

    heading: str
    outcomes: Sequence[Outcome]
    skipped: Sequence[Skip]
    more: Sequence[str] = ()
    """Lines at the end."""
    dry: bool = False

    def figures(self) -> dict[str, int]:
        counts = Counter(self.outcomes)
        return {
            "read": len(self.outcomes) + len(self.skipped),
            **{outcome.value: counts[outcome] for outcome in Outcome},
            "skipped": len(self.skipped),
        }

    def lines(self) -> Iterator[str]:
        if self.dry:
            yield DRY_RUN
        yield self.heading
        for what, count in self.figures().items():
            yield f"  {what + ':':<11}{count:>6}"
        if self.skipped:
            yield "Skipped:"
            yield from (f"  row {skip.number}: {skip.reason}" for skip in self.skipped)
        yield from self.more
