"""What somebody may have meant whose words found nothing: a place, or words of the clinics' own names and addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.find.places import called, names

SHORTEST = 3
"""Fewer letters begin too many names."""
ALIKE = 0.7
"""Of 1: one slip in four letters, two in seven, three in ten."""
MOST = 3


def meant(folded: str, words: Mapping[str, str]) -> list[str]:
    """Up to MOST wordings, the likeliest first. `words` are those that clinics are found by, as they write them, by how
    search compares them."""
    if len(folded) < SHORTEST or any(letter.isdigit() for letter in folded):
        return []
    known = names()
    begun = sorted({number for name, number in known.items() if name.startswith(folded)})
    slipped = [known[name] for name in _like(folded, known)]
    places = [called(number) for number in begun + slipped]
    return list(dict.fromkeys([*places, *_own(folded.split(), words)]))[:MOST]


def _own(typed: Iterable[str], words: Mapping[str, str]) -> list[str]:
    """Each word as clinics spell it, where every one of them is like one of theirs."""
    found = [next((one for one in words if word in one), None) or next(iter(_like(word, words)), None) for word in typed]
    return [" ".join(words[word] for word in found if word)] if all(found) else []


def _like(word: str, known: Collection[str]) -> list[str]:
    """The likest first; of those that are as like, the one that stands first."""
    found = process.extract(word, list(known), scorer=OSA.normalized_similarity, limit=2 * MOST, score_cutoff=ALIKE)
    return [name for name, _alike, _position in found]
