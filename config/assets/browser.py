"""Third-party browser parts, as they are, from node_modules to where the server serves them."""

import re
from pathlib import Path

from config.assets.made import BUILT, ROOT, Step, replace_file

NODE_MODULES = ROOT / "node_modules"

# Each file with what it is put together from: one that a page needs whole is one request.
PARTS = {
    "map-parts.js": (
        NODE_MODULES / "leaflet" / "dist" / "leaflet.js",
        NODE_MODULES / "topojson-client" / "dist" / "topojson-client.min.js",
        NODE_MODULES / "supercluster" / "dist" / "supercluster.min.js",
    ),
    "leaflet.css": (NODE_MODULES / "leaflet" / "dist" / "leaflet.css",),
}

# Leaflet's style sheet points at images for markers and layer buttons that are not used here.
IMAGE = re.compile(rb"[\w-]+:\s*url\(images/[^)]*\)[^;}]*;")
# Source maps are not served, and a browser with its tools open would ask for them.
SOURCE_MAP = re.compile(rb"(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


def steps() -> list[Step]:
    return [_put_together(name, sources) for name, sources in PARTS.items()]


def _put_together(name: str, sources: tuple[Path, ...]) -> Step:
    result = BUILT / name

    def make() -> None:
        replace_file(result, b"\n".join(SOURCE_MAP.sub(b"", IMAGE.sub(b"", source.read_bytes())) for source in sources))

    return Step(name, (*sources, Path(__file__)), (result,), make)
