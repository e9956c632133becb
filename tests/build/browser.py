"""The Chromium that tests drive: the machine's own, else Playwright's download.

`python -m tests.build.browser` starts it once: prints nothing when that works, else the one line that helps.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

# The first has no windows of its own and does the same in two thirds of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Where Playwright's downloads put the program, below its folder of browsers.
DOWNLOADS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium_headless_shell-*/chrome-*/*headless*shell",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
# A test browser talks to the page under test and to nobody else.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL = "Install it: sudo apt-get install chromium-headless-shell (or chromium)"
INSTALL_DRIVER = "Install what it lacks: sudo apt-get install libatomic1"

# Playwright's driver brings a Node.js that needs a library which bare machines lack. Where set-up put one into the
# environment, because the machine has none, that one serves.
OWN_NODE = Path(sys.prefix) / "bin" / "node"
if OWN_NODE.exists():
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(OWN_NODE))


class BrowserMissing(RuntimeError):
    """No Chromium that runs; the message names the command that brings one."""


def chromium_path() -> str:
    """The program to start: $CHROMIUM, else the first of the machine's, else Playwright's own."""
    for candidate in _candidates():
        found = shutil.which(candidate)
        if found:
            return found
    raise BrowserMissing(f"Chromium is missing. {INSTALL}")


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium, without its sandbox only where root leaves no other way."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIET, *sandbox], chromium_sandbox=not sandbox)


def _candidates() -> Iterator[str]:
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        # Whoever names a browser means that one: a wrong name must not be papered over by another.
        yield chosen
        return
    yield from NAMES
    for pattern in DOWNLOADS:
        yield from (str(path) for path in sorted(_downloads_folder().glob(pattern), reverse=True))


def _downloads_folder() -> Path:
    """Where Playwright keeps browsers: its variable, else the usual cache folder."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named:
        return Path(named)
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / cache / "ms-playwright"


def check() -> None:
    """Starts the browser once and reads a page; raises BrowserMissing with one line when that fails."""
    path = chromium_path()
    driver = subprocess.run([*compute_driver_executable(), "--version"], capture_output=True, text=True, check=False)
    if driver.returncode:
        raise BrowserMissing(f"Playwright does not start ({driver.stderr.strip()}). {INSTALL_DRIVER}")
    try:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page()
            page.set_content("<title>ready</title>")
            works = page.title() == "ready"
            browser.close()
    except Error as error:
        raise BrowserMissing(f"{path} does not start ({_reason(error)}). {INSTALL}") from error
    if not works:
        raise BrowserMissing(f"{path} shows no pages. {INSTALL}")


def _reason(error: Error) -> str:
    """The line of a launch error that says most: a missing library if one is named, else the first."""
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    return next((line for line in lines if "shared libraries" in line), lines[0] if lines else "no reason given")


def main() -> int:
    try:
        check()
    except BrowserMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
