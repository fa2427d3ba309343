"""What visitors and sites decide: clearing, how answers are announced, where to turn when nothing answers, attributes and properties."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.browser.stages import Reply, Site, Stage, event, events_of, statements
from tests.browser.visits import NOWHERE, visiting

pytestmark = pytest.mark.browser


def test_a_conversation_is_cleared_at_the_second_word_only(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(0, "".join(answered))])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        clear = visit.page.get_by_role("button", name="Effacer la conversation")
        assert clear.count() == 0
        visit.ask()
        clear.focus()
        visit.page.keyboard.press("Enter")
        assert visit.focused() == "Effacer"
        assert visit.page.get_by_role("group", name="Tout effacer ?").is_visible()
        visit.page.keyboard.press("Escape")
        assert visit.focused() == "Effacer la conversation"
        assert visit.page.get_by_role("dialog").is_visible()
        clear.click()
        visit.page.get_by_role("button", name="Garder").click()
        assert visit.page.locator(".turn").count() == 1
        visit.clear()
        assert visit.page.locator(".turn").count() == 0
        assert visit.focused() == "question"
        visit.ask()
        assert stage.asked[-1]["conversation"] == []


@pytest.mark.parametrize(
    ("chosen", "told"), [("sentence", "each"), ("end", "once"), ("off", "nothing")], ids=["sentence", "end", "off"]
)
@pytest.mark.parametrize("by", ["the site", "the visitor"])
def test_answers_are_announced_as_the_site_or_the_visitor_wants(
    browser: Any, site: Site, stage: Stage, answered: list[str], chosen: str, told: str, by: str
) -> None:
    stage.replies = [Reply([(0, "".join(answered))])]
    more = f'announce="{chosen}"' if by == "the site" else ""
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url, more=more))
        if by == "the visitor":
            visit.page.locator("summary").click()
            visit.page.get_by_label("Annonce des réponses").select_option(chosen)
        visit.hear()
        visit.ask()
        visit.page.wait_for_timeout(200)
        said = statements(answered)
        heard = [" ".join(text.split()) for text in visit.heard() if not text.startswith("Recherche")]  # a busy machine
        spoken = {"each": [" ".join(text.split()) for text in said], "once": [], "nothing": []}[told]
        assert heard[: len(spoken)] == spoken
        assert len(heard) == {"each": len(said) + 1, "once": 1, "nothing": 0}[told]


def test_where_nothing_answers_the_site_can_be_asked(browser: Any, site: Site, stage: Stage, service_url: str) -> None:
    stage.replies = [Reply([(0, "".join(events_of(service_url, NOWHERE)))])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url, more='contact-url="https://www.exemple.fr/contact"'))
        visit.ask(NOWHERE)
        link = visit.page.locator(".answer").get_by_role("link", name="Contact (nouvelle fenêtre)")
        assert link.get_attribute("href") == "https://www.exemple.fr/contact"
        assert visit.page.locator(".near .source").count() == 3


def test_reports_are_offered_only_where_the_service_takes_them(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(0, "".join(answered))])]
    for taken in (False, True):
        stage.suggestions = {"data": ["Une question ?"], "feedback": taken}
        with visiting(browser) as visit:
            visit.open(site.page(endpoint=stage.url))
            visit.page.locator(".suggestions").wait_for()
            visit.ask()
            visit.page.locator(".cite").first.click()
            assert visit.page.get_by_role("button", name="Signaler une erreur").first.is_visible() is taken


def test_what_the_whole_answer_does_not_hold_leaves_the_screen(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    """A written sentence that the last check takes back is neither shown nor said."""
    whole = json.loads(answered[-1].split("data: ", 1)[1])
    stated = {"text": "Phrase retirée.", "citations": [1], "status": "in_force"}
    early = event("answer.statement", {"index": 0, "statement": stated, "citations": whole["citations"][:1]})
    stage.replies = [Reply([(0, answered[0]), (0.4, early), (0.4, answered[-1])])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.hear()
        visit.ask()
        visit.page.wait_for_timeout(200)
        assert visit.page.locator(".statement").count() == len(whole["statements"])
        assert "Phrase retirée" not in visit.page.locator(".answer").text_content()
        assert "Phrase retirée" not in "".join(visit.heard())


def test_an_assistant_that_is_taken_out_of_the_page_asks_no_more(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(0, answered[0]), (20, "")])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".reply[aria-busy]").wait_for()
        with visit.page.expect_event("requestfailed"):
            visit.page.evaluate("document.querySelector('policy-assistant').remove()")
        assert visit.complaints == []


def test_an_unknown_word_is_read_over_and_said_once(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page(more='mode="popup" theme="dark" accent="nocolour" announce="loud"', lang="fr-FR"))
        visit.page.get_by_role("button", name="Poser une question").click()
        visit.page.get_by_role("dialog").wait_for()
        warned = sorted(said.split("=")[0] for said in visit.complaints)
        assert warned == [f"policy-assistant: {name}" for name in ("accent", "announce", "mode")]


def test_frameworks_set_attributes_as_properties(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site.page(""))
        visit.page.wait_for_function("Boolean(customElements.get('policy-assistant'))")
        shown = visit.page.evaluate(
            """service => {
                const made = document.createElement("policy-assistant");
                Object.assign(made, {endpoint: service, lang: "en", mode: "inline", heading: "Ask us", contactUrl: "/contact"});
                document.querySelector("main").append(made);
                made.privacyUrl = null;
                return made.getAttributeNames().sort().join(" ");
            }""",
            site.service,
        )
        assert shown == "contact-url endpoint heading lang mode"
        visit.page.get_by_role("heading", name="Ask us").wait_for()
        assert visit.page.get_by_role("link", name="Contact").get_attribute("href").endswith("/contact")


def test_our_own_french_is_set_as_french_is_and_quotes_as_they_are(
    browser: Any, site: Site, stage: Stage, service_url: str
) -> None:
    """No plain space before a high sign or inside guillemets, no straight apostrophe, in any text of ours in any state."""
    ours = ".notice, .about, label, legend, .quiet, .minor, .plain, .send, .stop, h2, h4:not(.source h4), .warning p, .tab, .cut"
    wrong = re.compile(r"['\"]| [;!?»:]|« ")
    stage.suggestions = {"data": ["Une question ?"], "feedback": True}
    seen: list[str] = []
    with visiting(browser) as visit:
        visit.open(site.page(more='contact-url="/contact" privacy-url="/vie-privee"'))
        visit.page.locator("summary").click()
        visit.page.locator("select").wait_for()

        def see() -> None:
            seen.extend(visit.page.locator(".panel").locator(ours).all_text_contents())

        see()
        visit.ask("Quel est le plafond de la PECAN ?")
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Signaler").click()
        visit.page.locator(".report").wait_for()
        see()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer mark").wait_for()
        see()
        quote = visit.page.locator(".viewer .page-text").text_content()
        assert "\u00a0?" in quote  # as in the document, where we would set a narrow one
        visit.page.keyboard.press("Escape")
        visit.page.get_by_role("button", name="Effacer la conversation").click()
        visit.page.locator(".composer textarea").fill("é" * 501)
        visit.page.locator(".composer textarea").press("Enter")
        see()
    assert len(set(seen)) > 25
    assert [text for text in set(seen) if wrong.search(text)] == []
