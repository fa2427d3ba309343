"""Streams as they come: slow, fast, cut, malformed, refused; what is announced, what is kept, and how soon the first words show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.stages import Reply, Site, Stage, event, events_of, problem, statements
from tests.browser.visits import NOWHERE, QUESTION, visiting

pytestmark = pytest.mark.browser
ATTACK = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def test_the_documents_found_and_each_statement_show_as_they_come(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    stage.replies = [Reply([(0.9, part) for part in answered])]  # longer than the browser driver looks away
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".searching li").first.wait_for()
        visit.page.locator(".statement").first.wait_for()
        assert visit.page.locator(".statement").count() == 1
        assert visit.page.locator(".reply").get_attribute("aria-busy") == "true"
        visit.page.locator(".documents").wait_for()
        assert visit.page.locator(".statement").count() == len(statements(answered))
        assert visit.page.locator(".searching").count() == 0


@pytest.mark.parametrize(
    ("ending", "lost"),
    [
        ([], False),
        ([], True),
        (["event: answer.statement\ndata: {broken\n\n"], False),
        ([event("answer.statement", {"index": 1})], False),
    ],
    ids=["ends early", "connection lost", "broken data", "a part is missing"],
)
def test_a_stream_that_is_cut_keeps_what_came_and_can_be_taken_up(
    browser: Any, site: Site, stage: Stage, answered: list[str], ending: list[str], lost: bool
) -> None:
    begun = "".join([*answered[:3], *ending])
    stage.replies = [Reply([(0, begun), (0.5, ": still there\n\n")], lost=lost), Reply([(0, "".join(answered))])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".cut").wait_for()
        assert visit.page.locator(".statement").count() == 1
        assert visit.page.locator(".cut").text_content() == "Réponse interrompue."
        assert visit.page.locator(".cut").get_attribute("role") == "alert"
        visit.page.get_by_role("button", name="Reprendre").click()
        visit.page.locator(".documents").wait_for()
        assert [sent["question"] for sent in stage.asked] == [QUESTION, QUESTION]


def test_an_error_within_the_stream_is_said(browser: Any, site: Site, stage: Stage, answered: list[str]) -> None:
    fault = event("error", {"code": "timeout", "detail": "Trop long.", "request_id": "req_1"})
    stage.replies = [Reply([(0, answered[0] + fault)])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".warning [role=alert]").wait_for()
        assert visit.page.locator(".warning [role=alert]").text_content() == "Trop long."
        assert visit.page.locator(".composer textarea").input_value() == QUESTION


def test_unknown_events_comments_and_line_ends_are_read_over(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    noise = [": heartbeat\n\n", event("answer.delta", {"text": "x"}), "event: other\n\n", "data: {}\n\n"]
    text = "".join([*noise, *answered]).replace("\n", "\r\n")
    middle = len(text) // 2
    stage.replies = [Reply([(0, text[:middle]), (0.1, text[middle:])])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".documents").wait_for()
        assert visit.page.locator(".statement").count() == len(statements(answered))
        assert visit.complaints == []


@pytest.mark.parametrize(
    ("reply", "said", "retry"),
    [
        (problem("rate_limited", 429, ATTACK, Retry_After="24"), "Trop de questions. Réessayez dans 24", False),
        (problem("overloaded", 503, ATTACK), ATTACK, True),
        (problem("maintenance", 503, "Nous revenons à midi."), "Nous revenons à midi.", False),
        (problem("question_too_long", 422, ATTACK), ATTACK, False),
        (problem("personal_data_detected", 422, "Un numéro."), "Un numéro.", False),
        (problem("internal_error", 500, ATTACK), "Le service ne répond pas", True),
        (Reply([(0, "<h1>Bad gateway</h1>")], status=502, kind="text/html"), "Le service ne répond pas", True),
        (Reply([(0, "{")], kind="application/json"), "Le service ne répond pas", True),
        (Reply([(0, "")]), "Réponse interrompue", True),
    ],
    ids=["429", "503", "maintenance", "422", "personal data", "500", "502", "broken JSON", "empty stream"],
)
def test_a_fault_is_said_and_the_question_kept(
    browser: Any, site: Site, stage: Stage, reply: Reply, said: str, retry: bool
) -> None:
    stage.replies = [reply]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send("Ma question ?")
        alert = visit.page.locator(".panel [role=alert]")
        alert.wait_for()
        assert said in alert.text_content()
        assert visit.page.locator(".composer textarea").input_value() == "Ma question ?"
        assert visit.focused() == "question"
        assert visit.page.locator(".panel .turn").count() == 0
        assert visit.page.locator(".panel img, .panel script").count() == 0
        assert (visit.page.get_by_role("button", name="Réessayer").count() == 1) is retry


def test_without_a_connection_the_question_is_kept_and_tried_again_by_hand(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        visit.open(site.page())
        visit.page.context.set_offline(True)
        visit.send()
        visit.page.locator(".panel [role=alert]").wait_for()
        assert "Hors connexion" in visit.page.locator(".panel [role=alert]").text_content()
        visit.page.context.set_offline(False)
        visit.page.get_by_role("button", name="Réessayer").click()
        visit.page.locator(".documents").wait_for()


def test_an_answer_that_is_slow_can_be_stopped(browser: Any, site: Site, stage: Stage, answered: list[str]) -> None:
    stage.replies = [Reply([(0, answered[0]), (20, "")])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        field = visit.page.locator(".composer textarea")
        visit.send("Une question lente ?")
        send = visit.page.get_by_role("button", name="Envoyer")
        assert send.get_attribute("aria-disabled") == "true"
        assert send.get_attribute("disabled") is None
        field.press("Enter")
        assert "en cours" in visit.page.locator(".panel [role=alert]").text_content()
        visit.page.get_by_role("button", name="Arrêter").click()
        visit.page.get_by_role("button", name="Arrêter").wait_for(state="hidden")
        assert field.input_value() == "Une question lente ?"
        assert visit.focused() == "question"


def test_a_change_of_the_index_is_noted_between_the_answers(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    text = "".join(answered)
    bundle = json.loads(answered[-1].split("data: ", 1)[1])["bundle"]["id"]
    stage.replies = [Reply([(0, text)]), Reply([(0, text.replace(bundle, "b-another"))])]
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.send()
        visit.page.locator(".documents").first.wait_for()
        assert visit.page.locator(".changed").count() == 0
        visit.send("Et ensuite ?")
        visit.page.locator(".changed").wait_for()
        assert "version antérieure" in visit.page.locator(".changed").text_content()


def test_a_reader_who_has_gone_elsewhere_is_not_pulled_back(
    browser: Any, site: Site, stage: Stage, answered: list[str]
) -> None:
    slow = [(0.0, part) for part in answered[:2]] + [(1.5, answered[2])] + [(0.2, part) for part in answered[3:]]
    stage.replies = [Reply([(0, "".join(answered))]), Reply([(0, "".join(answered))]), Reply(slow)]
    with visiting(browser, height=600) as visit:
        visit.open(site.page(endpoint=stage.url))
        for n in (1, 2):
            visit.send(f"Question {n} ?")
            visit.page.locator(".documents").nth(n - 1).wait_for()
        visit.send("Question 3 ?")
        visit.page.wait_for_timeout(200)
        visit.page.locator(".scroll").evaluate("box => box.scrollTop = 0")
        visit.page.get_by_role("button", name="Nouvelle réponse").wait_for()
        assert visit.page.locator(".scroll").evaluate("box => box.scrollTop") == 0
        visit.page.get_by_role("button", name="Nouvelle réponse").click()
        assert visit.page.locator(".turn").last.evaluate("e => e.getRootNode().activeElement === e")


def test_nothing_in_a_stream_can_become_markup(
    browser: Any, site: Site, stage: Stage, answered: list[str], service_url: str
) -> None:
    """Titles, quotes, notices, sections and addresses of a real answer are replaced by attacks: all stay text."""
    kept = (
        "outcome",
        "completeness",
        "status",
        "lang",
        "language",
        "published_on",
        "page_text",
        "view",
        "built_at",
        "mode",
    )

    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: v if k in kept else poison(v) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return ATTACK if isinstance(value, str) else value

    events = [(part.split("\n")[0][7:], json.loads(part.split("data: ", 1)[1])) for part in answered]
    silent = json.loads(events_of(service_url, NOWHERE)[-1].split("data: ", 1)[1])
    notice = {"code": "any", "text": "Une note.", "citations": [1]}
    events.insert(-1, ("answer.notice", {"notice": notice, "citations": []}))
    events[-1][1].update(notices=[notice], choices=["Un choix"], nearest=silent["nearest"])
    stage.replies = [Reply([(0, "".join(event(name, poison(data)) for name, data in events))])]
    stage.suggestions = {"data": [ATTACK], "feedback": True}
    with visiting(browser) as visit:
        visit.open(site.page(endpoint=stage.url))
        visit.page.locator(".suggestions").wait_for()
        visit.send(ATTACK)
        visit.page.locator(".documents").wait_for()
        visit.page.locator(".cite").first.click()
        visit.page.locator(".source .plain").first.click()
        visit.page.locator(".viewer").wait_for()
        for part in (".statement", ".notices", ".documents", ".near", ".answer .suggestions", ".asked"):
            assert ATTACK in visit.page.locator(f".panel {part}").first.text_content(), part
        assert visit.page.locator(".panel img:not([part]), .panel script").count() == 0
        links = visit.page.locator(".panel a").evaluate_all("all => all.map((a) => a.getAttribute('href') || '')")
        assert [link for link in links if link.lower().startswith(("javascript:", "data:"))] == []
        assert visit.page.title() != "taken"
