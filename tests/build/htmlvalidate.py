"""html-validate over the pages that a session of tests has kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
OFF = {
    "meta-refresh": "The page that waits for an app reloads itself where no script can do it; it holds nothing that one types.",
    "long-title": "A title says the clinic's name, however long that is.",
    "no-trailing-whitespace": "Left by template tags; no browser sees it.",
    "doctype-style": "A matter of taste.",
}
"""Rules that are turned off, each with its reason."""
SETTINGS = {
    "root": True,
    "extends": ["html-validate:recommended", "html-validate:standard", "html-validate:a11y"],
    "rules": {
        **dict.fromkeys(OFF, "off"),
        # Several boxes with one name are one question, as radio buttons are.
        "form-dup-name": ["error", {"shared": ["radio", "checkbox", "button", "submit", "reset"]}],
    },
}


def complaints(folder: Path) -> list[str]:
    """What html-validate says of the folder's pages: one line for each kind of fault, with an example."""
    if not any(folder.glob("*.html")):
        return []
    settings = folder / "settings.json"
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    said = folder / "said.json"
    command = [_node(), str(PROGRAM), "--config", str(settings), "--formatter", f"json={said}", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if not said.exists():
        return [f"html-validate did not run: {told.stderr.strip() or told.stdout.strip()}"]
    pages = json.loads(said.read_text(encoding="utf-8"))
    return sorted({_said(page, message) for page in pages for message in page["messages"]})


def _said(page: dict[str, Any], message: dict[str, Any]) -> str:
    title = (Path(page["filePath"]).read_text(encoding="utf-8").partition("<title>")[2]).partition("</title>")[0]
    return f'{message["ruleId"]}: {message["message"]} ({message.get("selector") or ""} on "{title}")'


def _node() -> str:
    """The machine's Node.js, else the one that set-up put into the environment."""
    own = Path(sys.prefix) / "bin" / "node"
    return shutil.which("node") or (str(own) if own.exists() else os.environ.get("PLAYWRIGHT_NODEJS_PATH", "node"))
