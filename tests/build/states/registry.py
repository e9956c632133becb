"""Every state that a page can be met in, by name, with the way that leads a browser there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.build.world import HEIGHTS, NARROW, WIDE, World

Recipe = Callable[[Page, World], None]


WINDOWS = ((NARROW, HEIGHTS[NARROW]), (WIDE, HEIGHTS[WIDE]))
SCREENS = ((1080, 1920), (1280, 800), (NARROW, HEIGHTS[NARROW]))


@dataclass(frozen=True)
class State:
    name: str
    template: str
    """The page that is shown in the end."""
    meets: tuple[str, ...]
    """Endpoints that answer on the way; the last one shows the page."""
    status: int
    recipe: Recipe

    @property
    def at_screen(self) -> bool:
        """A page of the waiting-room screen, which hangs on a wall, stands on a table or is a tablet."""
        return self.template.startswith(("screen/", "enrol/"))

    @property
    def sizes(self) -> Sequence[tuple[int, int]]:
        """Widths and heights in which it is looked at."""
        return SCREENS if self.at_screen else WINDOWS

    def show(self, page: Page, world: World) -> None:
        """Leads the browser there, and waits until all of the page has come: a click only waits for its beginning.

        What a screen says stands until somebody has looked: it goes by the page's time, which stands.
        """
        if self.at_screen:
            page.clock.set_fixed_time(0)
        self.recipe(page, world)
        page.wait_for_load_state()


STATES: dict[str, State] = {}


def state(name: str, template: str, *meets: str, status: int = 200) -> Callable[[Recipe], Recipe]:
    """Registers a recipe: it gets a new browser and the demo region on its first morning."""

    def register(recipe: Recipe) -> Recipe:
        assert name not in STATES, name
        STATES[name] = State(name, template, meets, status, recipe)
        return recipe

    return register


def at_address(name: str, template: str, endpoint: str, address: str | Callable[[World], str], status: int = 200) -> None:
    """A state that an address alone leads to."""

    def recipe(page: Page, world: World) -> None:
        page.goto(world.at(address if isinstance(address, str) else address(world)))

    state(name, template, endpoint, status=status)(recipe)
