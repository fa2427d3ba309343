"""The assistant on another site: a strict policy, a hostile style sheet, small windows, two of them, nothing before opening."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.stages import ASSISTANT, Site
from tests.browser.visits import QUESTION, visiting

pytestmark = pytest.mark.browser
SMALL = [(320, 640), (320, 256), (1280, 400)]


def test_two_lines_put_the_assistant_on_a_site_with_a_strict_policy(browser: Any, site: Site, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page())
        launcher = visit.page.get_by_role("button", name="Poser une question")
        launcher.wait_for()
        assert launcher.get_attribute("aria-haspopup") == "dialog"
        visit.page.wait_for_timeout(300)
        asked_before = {url for url in visit.requests if url.startswith(service_url)}
        assert asked_before <= {
            f"{service_url}/widget.js", *(f"{service_url}/widget/{n}.js" for n in ("element", "dom", "words")),
        }  # fmt: skip
        launcher.click()
        visit.ask()
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer mark").wait_for()
        assert visit.page.locator(".panel .statement").count() > 0
        assert visit.complaints == []
        assert {url for url in visit.requests if not url.startswith((service_url, site.url))} == set()
        assert visit.page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert visit.page.context.cookies() == []


def test_opening_moves_nothing_of_the_host_page(browser: Any, site: Site, service_url: str) -> None:
    amid = ASSISTANT.format(endpoint=service_url, lang="fr", more="") + "<p>Ce qui suit.</p>"
    watch = """() => {
        window.shifts = 0;
        window.score = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => {
            if (e.sources.some((s) => document.contains(s.node))) score += e.value;
            shifts += e.sources.filter((s) => document.contains(s.node) && s.node.localName !== "policy-assistant").length;
        })).observe({type: "layout-shift"});
        window.places = () => [...document.querySelectorAll("h1, main > p")].map((e) => JSON.stringify(e.getBoundingClientRect()));
        window.before = places();
    }"""
    with visiting(browser) as visit:
        visit.page.goto(site.page(amid))
        visit.page.locator("button.launcher").wait_for()
        visit.page.evaluate(watch)
        visit.page.locator("button.launcher").click()
        visit.ask()
        visit.page.wait_for_timeout(300)
        assert visit.page.evaluate("shifts") == 0
        assert visit.page.evaluate("score") == 0
        assert visit.page.evaluate("JSON.stringify(places()) === JSON.stringify(before)")


def test_escape_closes_the_innermost_a_level_at_a_time(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.open(site.page())
        assert visit.focused() == "question"
        visit.ask("Quel est le plafond de la PECAN ?")
        marker = visit.page.locator(".cite").first
        marker.focus()
        visit.page.keyboard.press("Enter")
        assert visit.page.locator(".source").first.evaluate("e => e.getRootNode().activeElement === e")
        visit.page.get_by_role("button", name="Voir dans le document").first.focus()
        visit.page.keyboard.press("Enter")
        visit.page.locator(".viewer mark").wait_for()
        visit.page.keyboard.press("Escape")
        assert visit.page.locator(".viewer").is_hidden()
        assert visit.focused() == "Voir dans le document"
        visit.page.keyboard.press("Escape")
        assert visit.page.locator(".source").first.is_hidden()
        assert visit.focused().startswith("Source 1")
        visit.page.keyboard.press("Escape")
        assert visit.page.get_by_role("dialog").count() == 0
        assert visit.focused() == "Poser une question"


def test_a_hostile_style_sheet_does_not_reach_the_assistant(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        sizes = []
        for head in ("", '<link rel="stylesheet" href="/hostile.css">'):
            visit.open(site.page(head=head))
            sizes.append(visit.page.locator(".composer textarea").bounding_box())
        assert sizes[0] == sizes[1]


def test_two_assistants_live_on_one_page(browser: Any, site: Site, service_url: str) -> None:
    both = "".join(ASSISTANT.format(endpoint=service_url, lang="fr", more=more) for more in ("", ' mode="inline"'))
    with visiting(browser) as visit:
        visit.page.goto(site.page(both))
        inline = visit.page.locator("policy-assistant[mode=inline] .composer textarea")
        inline.fill("Qui a publié l’état des lieux de l’IA en santé ?")
        inline.press("Enter")
        visit.page.locator("policy-assistant[mode=inline] .answer[data-outcome]").wait_for()
        visit.page.locator("button.launcher").first.click()
        visit.page.locator(".panel.dialog textarea").wait_for()
        assert visit.page.locator(".panel.dialog .turn").count() == 0


@pytest.mark.parametrize(("width", "height"), SMALL)
def test_the_dialog_fits_a_small_window_and_hides_no_focus(browser: Any, site: Site, width: int, height: int) -> None:
    inside = """() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        const box = at.getBoundingClientRect();
        const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
        const y = Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
        const seen = at.getRootNode().elementFromPoint(x, y);
        return box.bottom > 0 && box.top < innerHeight && (at.contains(seen) || seen?.contains(at)) ? "" : at.outerHTML.slice(0, 90);
    }"""
    with visiting(browser, width=width, height=height) as visit:
        visit.open(site.page())
        visit.ask("Quel est le plafond de la PECAN ?")
        visit.page.locator(".cite").first.click()
        for state in ("card", "viewer", "picture"):
            if state == "viewer":
                visit.page.get_by_role("button", name="Voir dans le document").first.click()
                visit.page.locator(".viewer mark").wait_for()
            if state == "picture":
                visit.page.get_by_role("tab", name="Page").click()
                visit.page.locator(".viewer img").wait_for()
            assert visit.overflow() <= 0
            assert visit.page.locator(".panel").evaluate("panel => panel.scrollWidth <= panel.clientWidth")
            box = visit.page.locator(".panel").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            for _ in range(12):
                visit.page.keyboard.press("Tab")
                hidden = visit.page.evaluate(inside)
                assert hidden == "" or "launcher" in hidden or visit.focused() == "BODY", (state, hidden)
        modal = visit.page.locator("dialog.panel").evaluate("panel => panel.matches(':modal')")
        assert modal
        visit.page.get_by_role("button", name="Fermer", exact=True).click()
        assert visit.page.get_by_role("dialog").count() == 0


def test_a_window_that_becomes_small_makes_the_dialog_modal_and_back(browser: Any, site: Site) -> None:
    modal = "panel => panel.matches(':modal')"
    with visiting(browser) as visit:
        visit.open(site.page())
        panel = visit.page.locator("dialog.panel")
        assert not panel.evaluate(modal)
        visit.page.set_viewport_size({"width": 390, "height": 700})
        visit.page.wait_for_timeout(100)
        assert panel.evaluate(modal)
        assert visit.focused() == "question"
        visit.page.set_viewport_size({"width": 1280, "height": 800})
        visit.page.wait_for_timeout(100)
        assert not panel.evaluate(modal)
        assert visit.focused() == "question"


def test_targets_are_large_enough_for_a_finger(browser: Any, site: Site) -> None:
    with visiting(browser, width=390, height=800) as visit:
        visit.open(site.page())
        visit.ask("Quel est le plafond de la PECAN ?")
        visit.page.locator(".cite").first.click()
        sizes = visit.page.locator(".panel button:visible").evaluate_all(
            "all => all.map((e) => [e.textContent, e.getBoundingClientRect().width, e.getBoundingClientRect().height])"
        )
        assert [size for size in sizes if size[1] < 24 or size[2] < 24] == []


def test_the_site_talks_to_the_assistant_by_methods_and_events(browser: Any, site: Site, service_url: str) -> None:
    with visiting(browser) as visit:
        links = 'contact-url="https://www.exemple.fr/contact" privacy-url="javascript:alert(1)" heading="Mon titre"'
        visit.page.goto(site.page(more=links))
        visit.page.locator("button.launcher").wait_for()
        visit.page.evaluate(
            """() => { window.told = []; for (const name of ["ready", "question", "answer", "citation-open", "error"])
                 document.addEventListener("assistant:" + name, (e) => told.push([name, e.detail])); }"""
        )
        visit.page.evaluate("question => document.querySelector('policy-assistant').ask(question)", QUESTION)
        visit.page.locator(".reply:not([aria-busy])").wait_for()
        visit.page.locator(".cite").first.click()
        told = visit.page.evaluate("told")
        assert [name for name, _ in told] == ["ready", "question", "answer", "citation-open"]
        assert QUESTION not in str(told)
        assert visit.page.locator(".panel h2").text_content() == "Mon titre"
        assert visit.page.get_by_role("link", name="Contact").get_attribute("href") == "https://www.exemple.fr/contact"
        assert visit.page.get_by_role("link", name="Données et confidentialité").count() == 0
        visit.page.evaluate("document.querySelector('policy-assistant').clear()")
        assert visit.page.locator(".turn").count() == 0
        visit.page.evaluate("document.querySelector('policy-assistant').close()")
        assert visit.page.get_by_role("dialog").count() == 0
        assert "intelligence artificielle" in visit.page.locator(".panel .notice").text_content()


def test_texts_are_told_to_the_site_only_where_it_asks_for_them(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page(more="expose-text"))
        visit.page.locator("button.launcher").wait_for()
        visit.page.evaluate(
            "() => { document.addEventListener('assistant:question', (e) => window.asked = e.detail.text) }"
        )
        visit.page.locator("button.launcher").click()
        visit.ask()
        assert visit.page.evaluate("asked") == QUESTION


def test_a_tab_keeps_the_conversation_only_where_the_site_asks_for_it(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        url = site.page(more='history="session"')
        visit.open(url)
        visit.ask()
        visit.open(url)
        visit.page.locator(".turn .statement").first.wait_for()
        assert visit.page.locator(".turn").count() == 1
        visit.clear()
        visit.open(url)
        assert visit.page.locator(".turn").count() == 0
        assert visit.page.evaluate("sessionStorage.length") == 0
