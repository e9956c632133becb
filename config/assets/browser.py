"""Third-party browser parts, copied as they are from node_modules to where the server serves them."""

import re
from pathlib import Path

from config.assets.made import BUILT, ROOT, Step, replace_file

NODE_MODULES = ROOT / "node_modules"

PARTS = {
    "leaflet.js": NODE_MODULES / "leaflet" / "dist" / "leaflet.js",
    "leaflet.css": NODE_MODULES / "leaflet" / "dist" / "leaflet.css",
    "supercluster.min.js": NODE_MODULES / "supercluster" / "dist" / "supercluster.min.js",
    "topojson-client.min.js": NODE_MODULES / "topojson-client" / "dist" / "topojson-client.min.js",
}

# Leaflet's style sheet points at images for markers and layer buttons that are not used here.
IMAGE = re.compile(rb"[\w-]+:\s*url\(images/[^)]*\)[^;}]*;")
# Source maps are not served, and a browser with its tools open would ask for them.
SOURCE_MAP = re.compile(rb"(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


def steps() -> list[Step]:
    return [_copy(name, source) for name, source in PARTS.items()]


def _copy(name: str, source: Path) -> Step:
    result = BUILT / name

    def make() -> None:
        replace_file(result, SOURCE_MAP.sub(b"", IMAGE.sub(b"", source.read_bytes())))

    return Step(name, (source, Path(__file__)), (result,), make)
