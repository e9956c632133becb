"""What a day has left, written small: for each type the starts that are free, as it stands in `clinic_day`.

A type takes 31 bytes: its id in four, then one bit for each of the 216 five-minute cells from 05.00 to 23.00.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from journal_core.booking.placement import CELL
from journal_core.schedule.model import FRAME_FIRST, FRAME_LAST

ID_BYTES = 4
FIRST_CELL = FRAME_FIRST // CELL
MASK_BYTES = (FRAME_LAST - FRAME_FIRST) // CELL // 8
RECORD = ID_BYTES + MASK_BYTES


def pack(free: Mapping[int, int]) -> bytes:
    """`free`: the cells by type id, bit n for 5 n minutes after midnight. A type without any is open, but full."""
    return b"".join(
        type_id.to_bytes(ID_BYTES, "little") + (mask >> FIRST_CELL).to_bytes(MASK_BYTES, "little")
        for type_id, mask in sorted(free.items())
    )


def unpack(packed: bytes) -> dict[int, int]:
    return dict(_records(packed))


def _records(packed: bytes) -> Iterator[tuple[int, int]]:
    for at in range(0, len(packed), RECORD):
        yield int.from_bytes(packed[at : at + ID_BYTES], "little"), _mask(packed, at)


def _mask(packed: bytes, at: int) -> int:
    return int.from_bytes(packed[at + ID_BYTES : at + RECORD], "little") << FIRST_CELL


def cells_of(packed: bytes, type_id: int) -> int | None:
    """One type's free cells; None when nothing is open for it that day."""
    wanted, at = type_id.to_bytes(ID_BYTES, "little"), -1
    while (at := packed.find(wanted, at + 1)) >= 0:
        if at % RECORD == 0:
            return _mask(packed, at)
    return None
