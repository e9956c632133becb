"""Build all assets: `python -m config.assets`. Does nothing, quickly, when nothing has changed."""

import sys

from config.assets import borders, browser, drawing, places, translations
from config.assets.made import AssetError, make_all


def main() -> int:
    try:
        made = make_all([*browser.steps(), borders.step()])
        made += make_all([drawing.step(), places.step(), *translations.compile_steps()])  # some of them read the borders
    except AssetError as error:
        print(f"Assets: {error}", file=sys.stderr)
        return 1
    print(f"Assets made: {', '.join(made)}." if made else "Assets are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
