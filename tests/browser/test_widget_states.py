"""Every state of the assistant, in both languages and all colours, before axe-core; and a journey by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.stages import Reply, Site, Stage, events_of, joined, problem
from tests.browser.visits import NOWHERE, QUESTION, Visit, visiting

pytestmark = pytest.mark.browser
COLOURS = {"light": {}, "dark": {"scheme": "dark"}, "forced colours": {"forced": True}}
HOSTS_OWN = ("region", "landmark-one-main", "page-has-heading-one")
ASKED = {
    "fr": ("Quel est le plafond de la PECAN ?", QUESTION),
    "en": ("When do the high-risk rules of the AI Act apply?", "What is the European Health Data Space?"),
}


def fill(visit: Visit, text: str = QUESTION) -> None:
    visit.page.locator(".composer textarea").fill(text)
    visit.page.locator(".composer textarea").press("Enter")


def through(visit: Visit, stage: Stage, parts: dict[str, list[str]], see: Callable[[str], None]) -> None:
    """Take the assistant through its states, one reply after another, looking at each."""
    see("first screen")
    begun = parts["answered"][:3]
    stage.replies[:] = [Reply([(0, "".join(begun)), (20, "")])]
    fill(visit)
    visit.page.locator(".statement").wait_for()
    see("while it comes")
    visit.page.get_by_role("button", name="Arrêter" if parts["lang"] == ["fr"] else "Stop").click()
    stage.replies[:] = [Reply([(0, "".join(parts["answered"]))])]
    visit.page.locator(".composer textarea").fill("")
    fill(visit)
    visit.page.locator(".documents").first.wait_for()
    visit.page.locator(".turn").last.locator(".cite").first.click()
    see("answered, a source open")
    visit.page.locator(".turn").last.locator(".source .plain").first.click()
    visit.page.locator(".viewer mark").wait_for()
    see("viewer, text")
    if visit.page.locator(".tab").count():
        visit.page.locator(".tab").last.click()
        visit.page.locator(".viewer img").wait_for()
        see("viewer, page")
    visit.page.keyboard.press("Escape")
    visit.page.locator(".turn").last.locator(".reporter").first.click()
    visit.page.locator(".report").wait_for()
    see("report")
    stage.replies[:] = [Reply([(0, "".join(parts["silent"]))])]
    fill(visit, NOWHERE)
    visit.page.locator(".near").wait_for()
    see("silent, with what is near")
    for name, reply in (
        ("refused", problem("question_too_long", 422)),
        ("rate limited", problem("rate_limited", 429, Retry_After="24")),
        ("maintenance", problem("maintenance", 503, "Nous revenons à midi.")),
    ):
        stage.replies[:] = [reply]
        fill(visit)
        visit.page.locator(".warning [role=alert]").wait_for()
        see(name)
    stage.replies[:] = [Reply([(0, "".join(begun))], lost=True)]
    fill(visit)
    visit.page.locator(".cut").last.wait_for()
    see("cut")


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_state_is_inaccessible_to_a_machine_eye(
    browser: Any, site: Site, stage: Stage, service_url: str, axe: str, lang: str, colours: str
) -> None:
    stage.suggestions = {"data": ["Une question ?", "Une autre ?"], "feedback": True}
    parts = {
        "answered": joined(service_url, *ASKED[lang], lang=lang),
        "silent": events_of(service_url, NOWHERE, lang=lang),
        "lang": [lang],
    }
    found: dict[str, list[str]] = {}
    with visiting(browser, lang=lang, **COLOURS[colours]) as visit:  # type: ignore[arg-type]
        # Pages of documents come from the real service: the stage only plays the answers.
        visit.page.route(f"{stage.url}/v1/documents/**", lambda route: route.fulfill(
            response=route.fetch(url=route.request.url.replace(stage.url, service_url)),
            headers={"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"},
        ))  # fmt: skip
        visit.open(site.page(endpoint=stage.url, lang=lang))
        visit.page.locator(".suggestions").wait_for()

        def see(state: str) -> None:
            found[state] = [said for said in visit.violations(axe) if not said.startswith(HOSTS_OWN)]

        through(visit, stage, parts, see)
    assert len(found) >= 10
    assert {state: violations for state, violations in found.items() if violations} == {}


def test_the_whole_journey_is_made_by_keyboard(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page())
        visit.page.locator("button.launcher").wait_for()
        press = visit.page.keyboard.press

        def tab_to(name: str) -> None:
            for _ in range(40):
                press("Tab")
                if visit.focused().startswith(name):
                    return
            raise AssertionError(f"{name} is not reached, focus on {visit.focused()}")

        tab_to("Poser une question")
        press("Enter")
        visit.page.locator(".composer textarea").wait_for()
        visit.page.wait_for_timeout(200)
        assert visit.focused() == "question"
        visit.page.keyboard.type("Quel est le plafond")
        press("Shift+Enter")
        visit.page.keyboard.type("de la PECAN ?")
        press("Enter")
        visit.page.locator(".reply:not([aria-busy])").wait_for()
        assert visit.focused() == "question"  # nothing moves the focus but the visitor
        press("ArrowUp")
        assert visit.page.locator(".composer textarea").input_value() == "Quel est le plafond\nde la PECAN ?"
        visit.page.locator(".composer textarea").fill("")
        press("Alt+PageUp")
        assert visit.page.locator(".turn").evaluate("turn => turn.getRootNode().activeElement === turn")
        tab_to("Source 1")
        press("Space")
        tab_to("Voir dans le document")
        press("Enter")
        visit.page.locator(".viewer mark").wait_for()
        tab_to("text-tab")
        press("ArrowRight")
        assert visit.focused() == "page-tab"
        visit.page.locator(".viewer img").wait_for()
        tab_to("150")
        press("Enter")
        assert visit.page.locator(".zoom[aria-pressed=true]").text_content().startswith("150")
        for _ in range(3):
            press("Escape")
        assert visit.page.get_by_role("dialog").count() == 0
        assert visit.focused() == "Poser une question"
