"""The pictures of docs/embed.md: a running service's address goes in; its assistant, at three sizes, comes out as PNG files.

python -m tests.browser.widget_pictures http://127.0.0.1:8000 docs/images
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import launch_options
from tests.browser.visits import NOWHERE, Visit, visiting

MAX_BYTES = 150_000
COLOURS = 96
PECAN = "Quel est le plafond de la PECAN ?"


def first_screen(visit: Visit) -> None:
    """The assistant opened on a site."""
    visit.page.locator(".suggestions").wait_for()


def quote(visit: Visit) -> None:
    """A quote in its context, under its sentence."""
    visit.ask(PECAN)
    visit.page.locator(".cite").first.click()


def page(visit: Visit) -> None:
    """The page of the document beside the conversation."""
    quote(visit)
    visit.page.get_by_role("button", name="Voir dans le document").first.click()
    visit.page.get_by_role("tab", name="Page").click()
    visit.page.locator(".viewer img").evaluate("image => image.decode()")
    visit.page.wait_for_timeout(200)


def silence(visit: Visit) -> None:
    """What is said where nothing answers."""
    visit.ask(NOWHERE)


PICTURES: dict[str, tuple[int, int, str, Callable[[Visit], None]]] = {
    "widget-first-screen": (1280, 800, "light", first_screen),
    "widget-quote": (390, 800, "dark", quote),
    "widget-page": (1280, 800, "dark", page),
    "widget-silence": (768, 900, "light", silence),
}


def main(url: str, folder: Path) -> None:
    """Take the four pictures, in few colours, so that the files stay small."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for name, (width, height, scheme, act) in PICTURES.items():
            with visiting(browser, width=width, height=height, scheme=scheme) as visit:
                visit.open(f"{url}/demo")
                act(visit)
                shown = visit.page.screenshot(animations="disabled")
            picture = Image.open(io.BytesIO(shown)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            target = folder / f"{name}.png"
            picture.save(target, optimize=True)
            print(f"{target}: {picture.width} x {picture.height}, {target.stat().st_size} bytes")
            if target.stat().st_size > MAX_BYTES:
                sys.exit(f"over {MAX_BYTES} bytes")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
