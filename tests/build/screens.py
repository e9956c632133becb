"""A picture of every page in every state: `python -m tests.build.screens [--lang fi] [name ...]` writes
var/screens/{width}/{name}.png, in another language than Swedish {name}-{language}.png."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from portal.web.languages import SOURCE
from tests.build import engines
from tests.build.browser import launch
from tests.build.clocks import FixedClock
from tests.build.states import STATES, State
from tests.build.world import DemoWorld, live

FOLDER = Path(__file__).parents[2] / "var" / "screens"


@contextmanager
def demo() -> Iterator[DemoWorld]:
    with tempfile.TemporaryDirectory() as folder:
        template = engines.sqlite_template(Path(folder))
        with engines.sqlite_copy(template, Path(folder)) as database, live(database, FixedClock()) as world:
            yield DemoWorld(world)


def take(browser: Browser, demo: DemoWorld, state: State, size: tuple[int, int], language: str) -> None:
    world = demo.begin_anew()
    width, height = size
    with world.with_page(browser, width, height=height, language=language) as page:
        state.show(page, world)
        page.wait_for_load_state("networkidle")
        path = FOLDER / str(width) / f"{state.name}{'' if language == SOURCE else f'-{language}'}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)


def main(names: Sequence[str]) -> int:
    language = SOURCE
    if names[:1] == ["--lang"]:
        language, names = names[1], names[2:]
    unknown = [name for name in names if name not in STATES]
    if unknown:
        print(f"No such state: {', '.join(unknown)}. There are: {', '.join(STATES)}", file=sys.stderr)
        return 1
    logging.disable(logging.CRITICAL)  # error pages are taken too, and their errors are meant
    with sync_playwright() as playwright, demo() as region:
        browser = launch(playwright)
        failed = [
            name for name in names or STATES for size in STATES[name].sizes if not _taken(browser, region, name, size, language)
        ]
        browser.close()
    print(f"The pictures are in {FOLDER}")
    return 1 if failed else 0


def _taken(browser: Browser, region: DemoWorld, name: str, size: tuple[int, int], language: str) -> bool:
    try:
        take(browser, region, STATES[name], size, language)
    except Exception as trouble:
        print(f"{name} at {size[0]}: {str(trouble)[:500]}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
