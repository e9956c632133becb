"""What importing commands have in common: the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.imports.clinics import Left
from journal_core.organisation.use_cases import Outcome

DRY = "Nothing was written; this is what would happen:"


def report(read: int, outcome: Outcome, skipped: Sequence[Left], remarks: Sequence[Left], *, dry: bool) -> str:
    """Counts that add up to what was read, then each change, each row that was skipped, each remark."""
    return "\n".join([*([DRY] if dry else []), *_counts(read, outcome, skipped), *_lines(outcome, skipped, remarks)])


def _counts(read: int, outcome: Outcome, skipped: Sequence[Left]) -> Iterator[str]:
    counts = {
        "read": read,
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "unchanged": outcome.unchanged,
        "skipped": len(skipped),
    }
    yield from (f"{what:<10}{count:>6}" for what, count in counts.items())
    if outcome.gone:
        yield f"{'removed':<10}{outcome.gone:>6}"


def _lines(outcome: Outcome, skipped: Sequence[Left], remarks: Sequence[Left]) -> Iterator[str]:
    yield from (f"changed: {name}: {', '.join(fields)}" for name, fields in outcome.changed)
    for what, lefts in (("skipped", skipped), ("remark", remarks)):
        for left in lefts:
            who = f" ({left.name})" if left.name else ""
            yield f"{what}: row {left.row}{who}: {left.why}"
