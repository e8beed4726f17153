#!/usr/bin/env python3
"""Pictures of a page for the documents: ``scripts/screenshot.py page.html docs/page.png --bottom 2300``.

Chromium opens the page without a window, 1280 pixels wide, and waits until every figure is drawn. What
lies between two heights is kept, with 256 colors; ``--at`` puts a section at the top instead.
"""

from __future__ import annotations

import argparse
import base64
import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.report.browser import browser  # found by the line above

WIDTH = 1280


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--top", type=int, default=0, help="pixels")
    parser.add_argument("--bottom", type=int, default=2300, help="pixels, from the top of the page")
    parser.add_argument("--at", default="", help="a section's name, such as confusion")
    parser.add_argument("--dark", action="store_true", help="in the colors of the night")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    scheme = {"name": "prefers-color-scheme", "value": "dark" if given.dark else "light"}
    size = {"width": WIDTH, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    with TemporaryDirectory() as folder, browser(Path(folder)) as tab:
        tab.ask("Emulation.setDeviceMetricsOverride", **size)
        tab.ask("Emulation.setEmulatedMedia", features=[scheme])
        tab.open(given.page.resolve())
        top = given.top
        if given.at:
            script = f"document.getElementById('{given.at}').getBoundingClientRect().top + scrollY"
            top += int(tab.value(script))
        clip = {"x": 0, "y": top, "width": WIDTH, "height": given.bottom - given.top, "scale": 1}
        shot = tab.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(given.picture, optimize=True)
    print(f"{given.picture}: {picture.size}, {given.picture.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
