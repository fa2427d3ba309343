"""What eyes meet: a visible focus at each stop, edges that can be seen, room for larger text and spacing, no harm from the host's styles."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from tests.browser.conftest import launch_options
from tests.browser.stages import Site
from tests.browser.visits import QUESTION, visiting

pytestmark = pytest.mark.browser
PECAN = "Quel est le plafond de la PECAN ?"
COLOURS = {"light": {}, "dark": {"scheme": "dark"}, "forced colours": {"forced": True}}
FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    const style = getComputedStyle(at);
    const name = at === document.body ? "" : at.getAttribute("aria-label") || at.id || at.textContent.trim() || at.tagName;
    return [name, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
EDGES = """selectors => {
    const root = document.querySelector("policy-assistant").shadowRoot;
    const sheet = getComputedStyle(root.querySelector(".panel")).backgroundColor;
    return selectors.map((selector) => [selector, getComputedStyle(root.querySelector(selector)).borderTopColor, sheet]);
}"""
CUT = """() => [...document.querySelector("policy-assistant").shadowRoot.querySelectorAll(".panel *")].filter((e) => {
    if (!e.checkVisibility() || e.matches(".unseen, .unseen *, select, option")) return false;
    const style = getComputedStyle(e);
    const cut = style.overflowX !== "visible" || style.whiteSpace === "nowrap" || e.matches("button, a, label, h2, h3, h4, p");
    return cut && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0);
}).map((e) => e.outerHTML.slice(0, 100))"""
SPACING = """() => {
    const style = new CSSStyleSheet();
    style.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
        p { margin-block-end: 2em !important }`);
    const root = document.querySelector("policy-assistant").shadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
}"""


def luminance(colour: str) -> float:
    channels = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else math.pow((c + 0.055) / 1.055, 2.4) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", COLOURS)
def test_the_focus_is_seen_at_each_stop_of_the_keyboard(browser: Any, site: Site, colours: str) -> None:
    with visiting(browser, **COLOURS[colours]) as visit:  # type: ignore[arg-type]
        visit.page.goto(site.page())
        visit.page.locator("button.launcher").wait_for()
        visit.page.keyboard.press("Tab")
        seen = [visit.page.evaluate(FOCUSED)]
        visit.page.keyboard.press("Enter")
        visit.ask(PECAN)
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer mark").wait_for()
        for _ in range(40):
            visit.page.keyboard.press("Tab")
            seen.append(visit.page.evaluate(FOCUSED))
        stops = {name: (line, width) for name, line, width in seen if name}
        assert {"Poser une question", "question", "Fermer le document", "text-tab"} <= set(stops)
        assert len(stops) > 14
        assert {name: drawn for name, drawn in stops.items() if drawn[0] == "none" or drawn[1] < 2} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edges_of_controls_can_be_told_from_the_sheet(browser: Any, site: Site, scheme: str) -> None:
    with visiting(browser, scheme=scheme) as visit:
        visit.open(site.page())
        visit.ask(PECAN)
        for selector, edge, sheet in visit.page.evaluate(EDGES, ["textarea", ".cite", ".send"]):
            assert contrast(edge, sheet) >= 3, selector


@pytest.mark.parametrize("width", [320, 1280])
def test_wider_spacing_of_text_cuts_nothing_off(browser: Any, site: Site, width: int) -> None:
    with visiting(browser, width=width, height=640) as visit:
        visit.open(site.page())
        visit.ask(PECAN)
        visit.page.locator(".cite").first.click()
        visit.page.evaluate(SPACING)
        assert visit.page.evaluate(CUT) == []
        assert visit.overflow() <= 0


def test_text_twice_as_large_cuts_nothing_off(browser: Any, site: Site) -> None:
    options = launch_options()
    large = browser.browser_type.launch(
        **{**options, "args": [*options["args"], "--blink-settings=defaultFontSize=32"]}
    )
    try:
        with visiting(large) as visit:
            visit.open(site.page())
            visit.ask(PECAN)
            visit.page.locator(".cite").first.click()
            size = visit.page.locator(".panel h2").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
            assert size >= 32
            assert visit.page.evaluate(CUT) == []
            assert visit.overflow() <= 0
            box = visit.page.locator(".panel").bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 800
    finally:
        large.close()


def test_a_hostile_style_sheet_changes_nothing_that_is_seen(browser: Any, site: Site) -> None:
    looks = """() => {
        const host = document.querySelector("policy-assistant");
        return ["h2", ".notice", ".composer textarea", ".send", ".cite", ".statement", ".source mark", ".about a"].map((selector) => {
            const element = host.shadowRoot.querySelector(selector);
            const {x, y, width, height} = element.getBoundingClientRect();
            const style = getComputedStyle(element);
            const names = ["color", "background-color", "font", "display", "transform", "letter-spacing"];
            return JSON.stringify([selector, x, y, width, height, ...names.map((name) => style.getPropertyValue(name))]);
        });
    }"""
    seen = []
    for head in ("", '<link rel="stylesheet" href="/hostile.css">'):
        with visiting(browser) as visit:
            visit.page.goto(site.page(head=head))
            launcher = visit.page.locator("button.launcher")
            launcher.wait_for()
            place = launcher.bounding_box()
            launcher.click()
            visit.ask(QUESTION)
            visit.page.locator(".cite").first.click()
            visit.page.wait_for_timeout(100)
            seen.append([str(place), *visit.page.evaluate(looks)])
    assert seen[0] == seen[1]


def test_the_assistant_stands_above_what_the_host_stacks(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page())
        visit.page.locator("button.launcher").wait_for()
        visit.page.evaluate(
            """() => {
                const cover = document.createElement("div");
                for (const [name, value] of [["position", "fixed"], ["inset", "0"], ["zIndex", "99999"]]) cover.style[name] = value;
                document.body.append(cover);
            }"""
        )
        visit.page.locator("button.launcher").click(timeout=3000)
        visit.page.locator(".composer textarea").click(timeout=3000)
        visit.ask()
        visit.page.locator(".cite").first.click(timeout=3000)
