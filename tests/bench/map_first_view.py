"""How long until the map of all clinics stands, against a bare Leaflet page with as many markers. Goal: at most 1.5."""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from config.assets.made import BUILT
from config.demo.generate import generate
from tests.bench.measured import Measured, alternate
from tests.build import engines
from tests.build.browser import launch
from tests.build.builders import the_tools
from tests.build.clocks import START, FixedClock
from tests.build.world import HEIGHTS, WIDE, live

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
for (const [number, name, latitude, longitude] of PINS) L.marker([latitude, longitude], {
  title: name, icon: L.divIcon({ html: String(number), className: 'pin', iconSize: [44, 46] }) }).addTo(map);
</script>"""


def measure() -> Measured:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        template = engines.sqlite_template(Path(folder))
        with engines.sqlite_copy(template, Path(folder)) as database, live(database, FixedClock()) as world:
            with database.writing() as session:
                generate(session, the_tools().vault, clinics=CLINICS, days=1, resources=1, filled=0, seed=7, now=START)
            html = world.app.test_client().get("/").get_data(as_text=True)
            pins = re.findall(r'id="pins"[^>]*>(.*?)</script>', html)[0]
            assert len(json.loads(pins)) == CLINICS
            browser = launch(playwright)
            with _bare(Path(folder), pins) as bare:
                ours, theirs = alternate(ROUNDS, lambda: _stood(browser, world.at("/")), lambda: _stood(browser, bare))
            browser.close()
    return Measured("map-first-view", "chromium", ours, "ms", theirs)


def _stood(browser: Browser, address: str) -> float:
    """With nothing in the browser's cache."""
    context = browser.new_context(
        viewport={"width": WIDE, "height": HEIGHTS[WIDE]}, reduced_motion="reduce", service_workers="block"
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
    """The bare page's address, served on loopback by threads as the portal is."""
    (folder / "bare.html").write_text(BARE.replace("PINS", pins), encoding="utf-8")
    for name in ("leaflet.js", "leaflet.css"):
        (folder / name).write_bytes((BUILT / name).read_bytes())

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/bare.html"
        finally:
            server.shutdown()
            thread.join()
