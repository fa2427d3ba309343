"""The picture of the README: a running service's address goes in; its page, answering, comes out as a PNG file.

python -m tests.browser.picture http://127.0.0.1:8000 docs/images/page.png
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import launch_options
from tests.browser.visits import visiting

MAX_BYTES = 200_000
COLOURS = 128


def main(url: str, target: Path) -> None:
    """Ask the page the question of the README and keep what it shows, in few colours, so that the file stays small."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        with visiting(browser, width=1280, height=1000) as visit:
            visit.page.goto(url)
            visit.ask()
            visit.page.evaluate(
                "document.querySelector('.promises').remove(), document.querySelector('.halves').remove()"
            )
            shown = visit.page.screenshot(full_page=True, animations="disabled")
        browser.close()
    picture = Image.open(io.BytesIO(shown)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    target.parent.mkdir(parents=True, exist_ok=True)
    picture.save(target, optimize=True)
    size_bytes = target.stat().st_size
    print(f"{target}: {picture.width} x {picture.height}, {size_bytes} bytes")
    if size_bytes > MAX_BYTES:
        sys.exit(f"over {MAX_BYTES} bytes")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
