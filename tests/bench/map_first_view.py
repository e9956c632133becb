"""How long until the map of all clinics stands, against a bare Leaflet page with as many markers. Goal: at most 1.5."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from config.assets.browser import NODE_MODULES
from config.demo.generate import generate
from tests.bench.measured import Measured, alternate
from tests.bench.servers import free_port, running, served
from tests.build import engines
from tests.build.browser import launch
from tests.build.builders import the_tools
from tests.build.clocks import START, FixedClock
from tests.build.site import a_portal
from tests.build.world import HEIGHTS, WIDE

CLINICS, ROUNDS = 800, 15
# Notes when the first pin has been painted, in milliseconds since the address was opened.
WATCH = """
new MutationObserver((_changes, watching) => {
  if (!document.querySelector('.leaflet-marker-icon')) return;
  watching.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.stood = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""
BARE = """<!doctype html><html lang="sv"><title>Bare</title><link rel="stylesheet" href="leaflet.css">
<style>#map { height: 544px; width: 416px; }</style><div id="map"></div><script src="leaflet.js"></script><script>
const map = L.map('map', { zoomAnimation: false, fadeAnimation: false }).fitBounds([[55, 10], [69, 24]]);
for (const [number, name, lat, lon] of PINS) L.marker([lat, lon], { alt: `${number}. ${name}` }).addTo(map);
</script>"""
"""Leaflet as its own guide has it: each clinic a marker, with its name."""


def measure() -> Measured:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database_url, pins = _clinics(Path(folder))
        browser = launch(playwright)
        with served(database_url) as portal, _bare(Path(folder), pins) as bare:
            ours, theirs = alternate(ROUNDS, lambda: _stood(browser, f"{portal}/"), lambda: _stood(browser, bare))
        browser.close()
    return Measured("map-first-view", "chromium", ours, "ms", theirs)


def _clinics(folder: Path) -> tuple[str, str]:
    """A database with all the clinics, and the pins that the portal shows of them."""
    file = folder / "clinics.sqlite"
    file.write_bytes(engines.sqlite_template(folder).read_bytes())
    with engines.opened(engines.sqlite_url(file)) as database:
        with database.writing() as session:
            generate(session, the_tools().vault, clinics=CLINICS, days=1, resources=1, filled=0, seed=7, now=START)
        html = a_portal(database, FixedClock()).test_client().get("/").get_data(as_text=True)
    pins = re.findall(r'id="pins"[^>]*>(.*?)</script>', html)[0]
    assert len(json.loads(pins)) == CLINICS
    return engines.sqlite_url(file), pins


def _stood(browser: Browser, address: str) -> float:
    """With nothing in the browser's cache."""
    # The CSP stays out of it only for the sake of wait_for_function, which evaluates text.
    context = browser.new_context(
        viewport={"width": WIDE, "height": HEIGHTS[WIDE]}, reduced_motion="reduce", service_workers="block", bypass_csp=True
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.stood")
    milliseconds = float(page.evaluate("window.stood"))
    context.close()
    return milliseconds


@contextmanager
def _bare(folder: Path, pins: str) -> Iterator[str]:
    """The bare page's address, served on loopback by a process of its own, as the portal is."""
    (folder / "bare.html").write_text(BARE.replace("PINS", pins), encoding="utf-8")
    shutil.copytree(NODE_MODULES / "leaflet" / "dist", folder, dirs_exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    with running(command, f"http://127.0.0.1:{port}/bare.html") as address:
        yield address
