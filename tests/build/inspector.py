"""The page inspector: every page that any test fetches is looked over, and kept for html-validate."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LIKE_OTHERS = (
    (re.compile(r' nonce="[^"]*"'), ""),
    (re.compile(r'\b(href|src)="/[^"]*"'), r'\1="/x"'),
    (re.compile(r'name="csrf_token" value="[^"]*"'), ""),
    (re.compile(r"(?<=[>\s])[^<>&\s=\"]*\d[^<>&\s=\"]*(?=[<\s])"), "0"),
)
"""What pages of one kind differ in for people, and not for html-validate: each kind is read once. Addresses, and words of the
text that have digits in them: days, times and codes."""
FAULT_FIRST = ("Fel:", "Error:", "Virhe:", "خطأ:")
"""In each language."""
UNTRANSLATED = re.compile(r"%\(\w+\)[sd]|\{\{|\{%")
LABELLED = ("input", "select", "textarea")
UNLABELLED_KINDS = ("hidden", "submit", "button")


@dataclass
class Page(HTMLParser):
    """What the inspector notes while reading a page."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    title: str = ""
    _inside_title: bool = False
    _templates: int = 0
    """How deep inside <template>: what stands there is no part of the page yet."""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._templates += tag == "template"
        if self._templates and tag != "template":
            return
        self.tags.append((tag, dict(attrs)))
        self._inside_title = tag == "title" if tag in ("title", "body") else self._inside_title

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag == "title":
            self._inside_title = False

    def handle_data(self, data: str) -> None:
        if self._inside_title:
            self.title += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def faults(html: str, csp: str) -> list[str]:
    """Everything wrong with a page, in words."""
    page = Page()
    page.feed(html)
    nonce = re.search(r"'nonce-([^']+)'", csp)
    return [
        *_structure(page),
        *_ids(page),
        *_labels(page),
        *_scripts(page, nonce.group(1) if nonce else ""),
        *(["an untranslated placeholder"] if UNTRANSLATED.search(html) else []),
    ]


def _structure(page: Page) -> list[str]:
    found = []
    if len(page.all("h1")) != 1:
        found.append(f"{len(page.all('h1'))} h1")
    if not page.title.strip() or page.title.strip().startswith("–"):
        found.append("no title")
    if not all(attributes.get("lang") and attributes.get("dir") for attributes in page.all("html")):
        found.append("no lang or dir")
    if any(attributes.get("role") == "alert" for attributes in page.all("div")) and not page.title.strip().startswith(
        tuple(FAULT_FIRST)
    ):
        found.append("an error summary without the error in the title")
    return found


def _ids(page: Page) -> list[str]:
    ids = [str(attributes["id"]) for _tag, attributes in page.tags if "id" in attributes]
    twice = {one for one in ids if ids.count(one) > 1}
    targets = [str(link.get("href")) for link in page.all("a") if str(link.get("href", "")).startswith("#")]
    named = [
        name
        for _tag, attributes in page.tags
        for key in ("aria-describedby", "aria-labelledby", "for")
        for name in str(attributes.get(key) or "").split()
    ]
    return [
        *(f"id {one} twice" for one in sorted(twice)),
        *(f"link to {target}, which is nowhere" for target in targets if target[1:] not in ids),
        *(f"reference to {name}, which is nowhere" for name in named if name not in ids),
    ]


def _labels(page: Page) -> list[str]:
    labelled = {attributes.get("for") for attributes in page.all("label")}
    return [
        f"field {attributes.get('name')} without label"
        for attributes in page.all(*LABELLED)
        if attributes.get("type") not in UNLABELLED_KINDS
        and attributes.get("id") not in labelled
        and not attributes.get("aria-label")
    ]


def _scripts(page: Page, nonce: str) -> list[str]:
    found = [f"{tag} with inline {name}" for tag, attributes in page.tags for name in attributes if name.startswith("on")]
    found += [f"{tag} with a style attribute" for tag, attributes in page.tags if "style" in attributes]
    found += ["script or style without nonce" for one in page.all("script", "style") if one.get("nonce") != nonce]
    found += ["button without type" for one in page.all("button") if one.get("type") not in ("submit", "button")]
    return found


ENOUGH = 6
"""So many pages with one title are kept: the hundredth looks like those before it, and reading them all takes minutes."""


def keep(html: str) -> None:
    """Keeps a page for html-validate, in the folder that the tests' session named."""
    folder = os.environ.get("TEST_PAGES_KEPT_IN")
    if folder:
        bare = html
        for part, instead in LIKE_OTHERS:
            bare = part.sub(instead, bare)
        path = Path(folder) / f"{_mark(_title(html))}-{_mark(bare)}.html"
        if not path.exists() and len(list(path.parent.glob(f"{_mark(_title(html))}-*"))) < ENOUGH:
            path.write_text(html, encoding="utf-8")


def _title(html: str) -> str:
    return html.partition("<title>")[2].partition("</title>")[0]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class InspectedClient(FlaskClient):
    """Flask's own client; each HTML answer is inspected before the test sees it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer: TestResponse = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and "Content-Encoding" not in answer.headers and not 300 <= answer.status_code < 400:
            html = answer.get_data(as_text=True)
            wrong = faults(html, answer.headers.get("Content-Security-Policy", ""))
            assert not wrong, f"{answer.request.path}: {'; '.join(wrong)}"
            keep(html)
        return answer
