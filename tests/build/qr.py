"""Reads a QR code off the page that draws it, as a camera would: it knows how codes are laid out, not how ours are made.

Nothing is mended: a code with a wrong module is misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qrcode.base import rs_blocks
from qrcode.util import mask_func, pattern_position

QUIET = 4
"""Light modules on every side."""
FORMAT_MASK = 0b101010000010010
DIGITS, CAPITALS, BYTES, END = 1, 2, 4, 0
"""Kinds of text, as codes number them."""
LENGTHS = {DIGITS: (10, 12, 14), CAPITALS: (9, 11, 13), BYTES: (8, 16, 16)}
"""Bits that say how long a text is: in small, middling and large codes."""
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def read_html(html: str) -> str:
    """What the page's first QR code says."""
    found = re.search(r'<svg class="qr"[^>]*viewBox="0 0 (\d+) \d+"[^>]*>\s*<path[^>]* d="([^"]*)"', html)
    assert found, "no QR code"
    return read(found[2], int(found[1]))


def read(path: str, size: int) -> str:
    """`path` draws the dark modules, one unit each, in a square of `size` units."""
    dark = {(int(x) - QUIET, int(y) - QUIET) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    width = size - 2 * QUIET
    assert all(0 <= x < width and 0 <= y < width for x, y in dark), "something is drawn in the quiet zone"
    version = (width - 17) // 4
    level, mask = _format(dark, width)
    hidden = mask_func(mask)
    bits = [((x, y) in dark) ^ hidden(y, x) for x, y in _way(width) if not _is_pattern(x, y, width, version)]
    words = [_number(bits[n : n + 8]) for n in range(0, len(bits) - 7, 8)]
    return _text(_in_order(words, version, level), (version > 9) + (version > 26))


def _number(bits: Sequence[bool]) -> int:
    return sum(bit << place for place, bit in enumerate(reversed(bits)))


def _format(dark: set[tuple[int, int]], width: int) -> tuple[int, int]:
    """Level of correction and mask, as they stand beside the finder patterns."""
    rows = [*range(6), 7, 8, *range(width - 7, width)]
    told = _number([(8, y) in dark for y in reversed(rows)]) ^ FORMAT_MASK
    return told >> 13, told >> 10 & 0b111


def _way(width: int) -> Iterator[tuple[int, int]]:
    """Two columns at a time from the right, up and down by turns."""
    rights = [*range(width - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(rights):
        for y in range(width) if turn % 2 else reversed(range(width)):
            yield right, y
            yield right - 1, y


def _is_pattern(x: int, y: int, width: int, version: int) -> bool:
    """Drawn for the camera's sake, without saying anything."""
    at_corner = (x < 9 and y < 9) or (x < 9 and y >= width - 8) or (x >= width - 8 and y < 9)
    if at_corner or 6 in (x, y):
        return True
    short, long = sorted((x, y))
    if version >= 7 and short < 6 and width - 11 <= long < width - 8:
        return True
    centres = pattern_position(version)
    corners = {(6, 6), (6, width - 7), (width - 7, 6)}
    return any((a, b) not in corners and abs(x - a) <= 2 and abs(y - b) <= 2 for a in centres for b in centres)


def _in_order(words: Sequence[int], version: int, level: int) -> list[int]:
    """The words of all blocks, which are laid out by turns, one block after the other; without those that correct."""
    sizes = [block.data_count for block in rs_blocks(version, level)]
    blocks: list[list[int]] = [[] for _size in sizes]
    laid = iter(words)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(laid))
    return [word for block in blocks for word in block]


def _text(words: Sequence[int], kind_of_size: int) -> str:
    bits = "".join(f"{word:08b}" for word in words)
    text, at = "", 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while len(bits) - at >= 4 and (kind := take(4)) != END:
        length = take(LENGTHS[kind][kind_of_size])
        if kind == BYTES:
            text += bytes(take(8) for _n in range(length)).decode()
        elif kind == CAPITALS:
            pairs = [divmod(take(11), len(ALPHABET)) for _n in range(length // 2)]
            text += "".join(ALPHABET[n] for pair in pairs for n in pair) + (ALPHABET[take(6)] if length % 2 else "")
        else:
            threes = [f"{take(10):03}" for _n in range(length // 3)]
            text += "".join(threes) + (f"{take(1 + 3 * (length % 3)):0{length % 3}}" if length % 3 else "")
    return text
