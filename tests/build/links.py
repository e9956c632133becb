"""Dead links in the documents: every relative link and anchor in README, CHANGELOG and docs/ must lead somewhere.

`python -m tests.build.links` prints a line for each that does not. Nothing is fetched; others' addresses are theirs.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(r"^ {0,3}(```|~~~)")
CODE = re.compile(r"(`+)(?:(?!\1).)+?\1(?!`)")
INLINE_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?")
HTML_LINK = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']+)["']""")
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
HTML_ANCHOR = re.compile(r"""\b(?:id|name)=["']([^"']+)["']""")
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
LINK_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def documents(root: Path) -> list[Path]:
    """README, CHANGELOG and everything under docs/, those that exist."""
    named = [root / "README.md", root / "CHANGELOG.md"]
    return [path for path in named if path.is_file()] + sorted((root / "docs").rglob("*.md"))


def dead_links(root: Path) -> list[str]:
    """One sentence for each link that leads nowhere, in reading order."""
    return [
        f"{document.relative_to(root)}:{number}: {complaint}"
        for document in documents(root)
        for number, target in _links(document)
        if (complaint := _complaint(document, target, root))
    ]


def _links(document: Path) -> Iterator[tuple[int, str]]:
    """Line number and target of each link outside code."""
    for number, line in _prose(document):
        bare = CODE.sub("", line)
        for pattern in (INLINE_LINK, REFERENCE, HTML_LINK):
            yield from ((number, target) for target in pattern.findall(bare))


def _prose(document: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines outside fenced code."""
    fence = ""
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        marker = FENCE.match(line)
        if marker and (not fence or marker[1] == fence):
            fence = "" if fence else marker[1]
        elif not fence:
            yield number, line


def _complaint(document: Path, target: str, root: Path) -> str:
    """Why the link is dead; empty when it is not."""
    if SCHEME.match(target) or target.startswith("//"):
        return ""
    path, _, anchor = unquote(target).partition("#")
    file = (document.parent / path).resolve() if path else document
    if path.startswith("/") or not file.is_relative_to(root):
        return f"{target} leads out of the project"
    if not file.exists():
        return f"{target} does not exist"
    if anchor and file.suffix == ".md" and anchor not in _anchors(file):
        return f"{target} names no heading of {file.relative_to(root)}"
    return ""


@cache
def _anchors(document: Path) -> frozenset[str]:
    """What may stand after `#`: the headings' slugs, numbered where they repeat, and explicit ids."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for _, line in _prose(document):
        found.update(HTML_ANCHOR.findall(line))
        heading = HEADING.match(line)
        if heading:
            slug = _slug(heading[1])
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return frozenset(found)


def _slug(heading: str) -> str:
    """A heading as code hosts make it an anchor: lower case, letters, digits, hyphens."""
    text = LINK_MARKUP.sub(r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def main() -> int:
    complaints = dead_links(ROOT)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
