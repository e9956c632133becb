"""Room for words: nothing reaches out of a window, and nothing hides a part of its own words, however large they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

SPREAD = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
"""WCAG 1.4.12, to the letter."""
USUAL, TWICE = 16, 32
"""Pixels of a browser's own letters."""


@contextmanager
def letters(page: Page, size: int) -> Iterator[None]:
    """Of this size in pixels unless the page says otherwise, as readers set it in their browser."""
    browser = page.context.new_cdp_session(page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    try:
        yield
    finally:
        browser.send("Page.setFontSizes", {"fontSizes": {"standard": USUAL}})
        browser.detach()


@contextmanager
def styled(page: Page, rules: str) -> Iterator[None]:
    """With a reader's own rules, which the page's CSP has no say in."""
    page.evaluate(
        "rules => { const own = new CSSStyleSheet(); own.replaceSync(rules); document.adoptedStyleSheets = [own]; }", rules
    )
    try:
        yield
    finally:
        page.evaluate("document.adoptedStyleSheets = []")


def cut(page: Page) -> list[str]:
    """What hides a part of its own words."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => {
          const { overflowX, overflowY } = getComputedStyle(one);
          const hidesX = ['hidden', 'clip'].includes(overflowX) && one.scrollWidth > one.clientWidth + 1;
          const hidesY = ['hidden', 'clip'].includes(overflowY) && one.scrollHeight > one.clientHeight + 1;
          return (hidesX || hidesY) && one.textContent.trim() && one.clientWidth > 2
            && !one.closest('.vh, .map-canvas, svg, [hidden]');
        }).map((one) => `cut: ${one.tagName} ${one.className}`)"""
    )
    return found


def sideways(page: Page) -> list[str]:
    """What makes the page wider than its window, if anything does."""
    found: list[str] = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          const wide = [...document.querySelectorAll('body *')].filter((one) => {
            const { left, right } = one.getBoundingClientRect();
            return left < -1 || right > room + 1;
          });
          return ['the page', ...wide.slice(0, 5).map((one) => `${one.tagName} ${one.className}`)];
        }"""
    )
    return found
