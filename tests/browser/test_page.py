"""The page and the assistant in a real browser: answers with their quotes, both schemes, both languages, every width."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.visits import NOWHERE, QUESTION, visiting

pytestmark = pytest.mark.browser
PASSAGE = "/documents/pecan?page=1&start=100&end=300#quote"
PAGES = ("/ask", "/demo", "/documents", "/documents?by=date", PASSAGE, "/documents/pecan?view=passages", "/nowhere")
SIZES = [(1280, 800), (390, 800), (320, 640), (320, 256), (1280, 400)]


def test_a_question_gets_its_quotes_beside_it(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask()
        shown = visit.page.locator(".panel mark").all_text_contents()
        assert shown
        for mark, statement in zip(shown, visit.page.locator(".panel .statement").all(), strict=True):
            said = statement.text_content()
            assert said.startswith(mark)
            assert set(said.removeprefix(mark)) <= set("\u00a0 0123456789")
        assert visit.complaints == []


def test_a_citation_takes_the_reader_to_its_source_and_then_to_the_page(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask()
        button = visit.page.locator(".panel .cite").first
        assert button.get_attribute("aria-label").startswith("Source 1\u00a0: ")
        button.click()
        source = visit.page.locator(".panel .source").first
        assert source.evaluate("card => card.getRootNode().activeElement === card")
        quote = source.locator("mark").text_content()
        source.get_by_role("button", name="Voir dans le document").click()
        with visit.page.expect_popup() as popup:
            visit.page.get_by_role("link", name="Page du corpus").click()
        opened = popup.value
        opened.wait_for_load_state()
        assert "".join(opened.locator("mark").all_text_contents()) == quote
        assert opened.evaluate("document.querySelector('#quote').getBoundingClientRect().top < innerHeight")


def test_what_does_not_hold_carries_a_badge_and_a_notice(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask("Que devait contenir la feuille de route IA en santé annoncée en février 2025 ?")
        assert visit.page.locator(".panel .statement .badge.superseded").text_content().startswith("Dépassé")
        assert "ne vaut plus à la date" in visit.page.locator(".panel .notices").text_content()


def test_where_the_corpus_is_silent_the_assistant_says_so(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask(NOWHERE)
        answer = visit.page.locator(".panel .answer")
        assert answer.get_attribute("data-outcome") == "no_source"
        assert visit.page.locator(".panel mark").count() == 0
        assert "Passages proches, sans réponse directe" in answer.text_content()


def test_a_follow_up_is_sent_with_what_was_said(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        sent: list[Any] = []
        visit.page.on("request", lambda request: request.method == "POST" and sent.append(request.post_data_json))
        visit.page.goto(service_url)
        visit.ask()
        visit.ask("Et par qui ?")
        visit.page.locator(".panel .turn").nth(1).wait_for()
        assert [turn["role"] for turn in sent[1]["conversation"]] == ["user", "assistant"]
        assert sent[0]["conversation"] == []
        visit.clear()
        assert visit.page.locator(".panel .turn").count() == 0
        assert visit.focused() == "question"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_is_inaccessible_to_a_machine_eye(
    browser: Any, service_url: str, axe: str, scheme: str, lang: str
) -> None:
    with visiting(browser, scheme=scheme, lang=lang) as visit:
        visit.page.goto(service_url)
        visit.page.locator(".composer textarea").wait_for()
        found = {"first": visit.violations(axe)}
        visit.ask()
        found["answered"] = visit.violations(axe)
        visit.ask(NOWHERE)
        found["silent"] = visit.violations(axe)
        visit.page.locator(".composer textarea").fill("é" * 501)
        visit.page.locator(".composer textarea").press("Enter")
        visit.page.locator(".panel [role=alert]").wait_for()
        found["refused"] = visit.violations(axe)
        for path in PAGES:
            visit.page.goto(service_url + path)
            found[path] = visit.violations(axe)
        visit.page.goto(f"{service_url}/ask")
        visit.page.locator("#question").fill(QUESTION)
        visit.page.locator("form button").click()
        visit.page.locator("#answer").wait_for()
        found["answer without script"] = visit.violations(axe)
        assert {state: violations for state, violations in found.items() if violations} == {}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_wider_than_the_window(browser: Any, service_url: str, width: int, height: int) -> None:
    with visiting(browser, width=width, height=height) as visit:
        visit.page.goto(service_url)
        visit.page.locator(".composer textarea").wait_for()
        assert visit.overflow() <= 0
        visit.ask()
        assert visit.overflow() <= 0
        for path in (*PAGES, "/docs"):
            visit.page.goto(service_url + path)
            assert visit.overflow() <= 0, path


def test_the_page_asks_nothing_of_another_host_and_keeps_nothing(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask()
        assert {url for url in visit.requests if not url.startswith(service_url)} == set()
        assert visit.page.context.cookies() == []
        assert visit.page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert "?" not in visit.page.url


def test_the_keyboard_is_enough(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.page.locator(".composer textarea").wait_for()
        visit.page.keyboard.press("Tab")
        assert visit.focused() == "Aller au contenu"
        visit.page.keyboard.press("Enter")
        visit.page.keyboard.press("Tab")
        assert visit.focused() == "question"
        visit.page.keyboard.type("Qui a publié")
        visit.page.keyboard.press("Shift+Enter")
        visit.page.keyboard.type("l’état des lieux de l’IA en santé ?")
        visit.page.keyboard.press("Enter")
        visit.page.locator(".panel .reply:not([aria-busy])").first.wait_for()
        assert visit.focused() == "question"
        seen = []
        for _ in range(12):
            visit.page.keyboard.press("Tab")
            seen.append(visit.focused())
        assert any(name.startswith("Source 1") for name in seen)
        visit.page.locator(".panel .cite").first.focus()
        visit.page.keyboard.press("Enter")
        assert visit.page.locator(".panel .source").first.evaluate("card => card.getRootNode().activeElement === card")


def test_the_page_without_script_has_the_same_form(browser: Any, service_url: str) -> None:
    with visiting(browser, java_script_enabled=False) as visit:
        visit.page.goto(service_url)
        visit.page.locator("#question").fill(QUESTION)
        visit.page.locator("form button").click()
        assert visit.page.locator("mark").count() > 0
        assert visit.page.url == f"{service_url}/ask"


def test_the_description_of_the_api_is_shown_under_the_policy(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(f"{service_url}/docs")
        visit.page.locator("#swagger-ui .opblock").first.wait_for()
        paths = visit.page.request.get(f"{service_url}/openapi.json").json()["paths"]
        assert visit.page.locator("#swagger-ui .opblock").count() == sum(len(methods) for methods in paths.values())
        assert {url for url in visit.requests if not url.startswith((service_url, "data:"))} == set()
        assert [said for said in visit.complaints if "Content Security Policy" in said or "TrustedHTML" in said] == []
