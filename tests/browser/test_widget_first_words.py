"""How soon after Enter the first statement is on screen, over the starter corpus: printed, and bounded generously."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from tests.browser.visits import QUESTION, visiting

pytestmark = pytest.mark.browser
FIRST_WORDS_MS = 300


def test_the_first_words_are_on_screen_within_a_third_of_a_second(browser: Any, service_url: str) -> None:
    """From the key that sends to the first painted statement, over the starter corpus; the bound leaves room for a busy machine."""
    timed = """question => new Promise((resolve) => {
        const root = document.querySelector("policy-assistant").shadowRoot;
        const field = root.querySelector("textarea");
        field.value = question;
        const started = performance.now();
        new MutationObserver((_, watch) => {
            if (!root.querySelector(".statement")) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
        }).observe(root, {childList: true, subtree: true});
        field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
    })"""
    times = []
    for question in (QUESTION, "Quel est le plafond de la PECAN ?", "Quelles activités couvre la certification HDS ?"):
        with visiting(browser) as visit:
            visit.page.goto(service_url)
            visit.page.locator(".composer textarea").wait_for()
            times.append(visit.page.evaluate(timed, question))
    print(
        f"first statement on screen after {statistics.median(times):.0f} ms (median of {len(times)}; aim: {FIRST_WORDS_MS} ms)"
    )
    assert min(times) < 5 * FIRST_WORDS_MS
