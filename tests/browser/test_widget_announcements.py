"""What is announced: an answer that comes fast, one that comes slowly, a wait; and that nothing else speaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.stages import Reply, Site, Stage, problem, statements
from tests.browser.visits import visiting

pytestmark = pytest.mark.browser

COUNT_MOVES = """() => {
    window.moved = 0;
    for (const tree of [document, document.querySelector("policy-assistant").shadowRoot]) tree.addEventListener("focusin", () => moved++);
}"""


def settled(text: str) -> str:
    return " ".join(text.split())


def test_a_fast_answer_is_announced_once_and_without_marks(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(0.05, part) for part in answered])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.hear()
        visit.send()
        visit.page.locator(".documents").wait_for()
        visit.page.wait_for_timeout(200)
        n = len(json.loads(answered[-1].split("data: ", 1)[1])["citations"])
        whole = " ".join([*statements(answered), f"Réponse complète, {n} source{'s' if n > 1 else ''}."])
        heard = [settled(said) for said in visit.heard()]
        if heard[0] == "Recherche des passages…":  # more than half a second: the machine was busy
            heard.pop(0)
        assert heard == [settled(whole)]


def test_a_slow_answer_is_announced_sentence_by_sentence(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(1.2, part) if "statement" in part[:24] else (0, part) for part in answered])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.hear()
        visit.send()
        visit.page.evaluate(COUNT_MOVES)
        assert visit.page.locator(".reply").get_attribute("aria-busy") == "true"
        visit.page.locator(".documents").wait_for()
        visit.page.wait_for_timeout(200)
        heard = [settled(said) for said in visit.heard()]
        n = len(json.loads(answered[-1].split("data: ", 1)[1])["citations"])
        assert heard == [
            "Recherche des passages…",
            *[settled(text) for text in statements(answered)],
            f"Réponse complète, {n} source{'s' if n > 1 else ''}.",
        ]
        assert visit.focused() == "question"
        assert visit.page.evaluate("moved") == 0


def test_the_conversation_itself_is_no_live_region(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.open(site.page())
        visit.ask()
        live = visit.page.locator(".log, .log [aria-live], .log [role=log], .log [role=status], .log [role=alert]")
        assert live.evaluate_all("all => all.filter((e) => e.matches('[aria-live], [role]')).length") == 0
        assert visit.page.locator(".panel > [role=status]").count() == 1
        visit.page.wait_for_timeout(4200)
        assert visit.page.locator(".panel > [role=status]").text_content() == ""


def test_the_wait_is_counted_down_without_being_announced_again(browser: Any, site: Site, stage: Stage) -> None:
    stage.replies = [problem("rate_limited", 429, Retry_After="2")]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.hear()
        visit.send()
        visit.page.get_by_text("Vous pouvez de nouveau poser une question.").wait_for()
        assert visit.page.locator(".warning [role=alert]").count() == 0
        assert len(visit.heard()) == 1


def test_quotes_of_another_language_say_so_where_they_are_read_and_where_they_are_heard(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    """French quotes in an English assistant: a screen reader changes its voice for them, and for nothing else."""
    stage.replies = [Reply([(0.05, part) for part in answered])]
    with visiting(browser, lang="en") as visit:
        visit.page.goto(site.page(endpoint=stage.url, lang="en"))
        visit.page.get_by_role("button", name="Ask a question").click()
        visit.page.locator(".composer textarea").wait_for()
        visit.page.evaluate(
            """() => {
                window.voices = [];
                const region = document.querySelector("policy-assistant").shadowRoot.querySelector("[role=status]");
                new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((line) =>
                    line.querySelectorAll?.("[lang]").forEach((said) => voices.push([said.lang, said.textContent]))
                ))).observe(region, {childList: true});
            }"""
        )
        visit.ask()
        visit.page.locator(".cite").first.click()
        for part in (".source blockquote", ".source h4 span[lang]", ".statement span[lang]", ".documents span[lang]"):
            assert visit.page.locator(f".panel {part}").first.get_attribute("lang") == "fr", part
        assert visit.page.locator(".panel").get_attribute("lang") == "en"
        assert visit.page.evaluate("voices") == [["fr", text] for text in statements(answered)]
