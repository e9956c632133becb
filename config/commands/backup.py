"""vaccinporten backup FILE"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from config.settings import read_settings


def describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not exist yet")
    parser.epilog = (
        "The service may run meanwhile. The file holds personal data and can be read by its owner alone. "
        "It does not hold SECRET_KEY, without which parts of it can't be read: keep that too, elsewhere."
    )


def run(arguments: argparse.Namespace) -> int:
    from config.commands.archive import archive_for

    archive = archive_for(read_settings(os.environ))
    archive.write(arguments.file)
    print(f"Backup written to {arguments.file} ({arguments.file.stat().st_size} bytes).")
    return 0
