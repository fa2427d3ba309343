"""A written answer in the assistant: it is marked where it stands and wherever it is taken along."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.engine import AnswerEngine
from tests.browser.stages import running
from tests.browser.visits import visiting
from tests.chat_maker import MODEL, Exchange, chat_server, replies, stated
from tests.http_maker import app_of
from tests.written_answers import NEEDLE, QUESTION

pytestmark = pytest.mark.browser
WRITTEN = "L'état des lieux a été officiellement publié le 11 février 2025."
MARK = "Texte rédigé par une IA à partir des extraits cités."


def script(exchange: Exchange) -> None:
    replies(exchange, stated(WRITTEN, (exchange.number_of(NEEDLE), NEEDLE)))


def test_a_written_answer_is_marked_on_screen_and_in_every_copy(browser: Any, starter_engine: AnswerEngine) -> None:
    with chat_server() as model:
        model.script = script
        app = app_of(starter_engine, chat_model=MODEL, chat_base_url=model.url, mode_default="generative")
        with running(app) as url, visiting(browser, permissions=["clipboard-read", "clipboard-write"]) as visit:
            visit.page.goto(url)
            visit.ask(QUESTION)
            answer = visit.page.locator(".answer")
            assert WRITTEN in answer.locator(".statement").first.text_content()
            assert MARK in answer.text_content()
            assert NEEDLE in visit.page.locator(".source mark").first.text_content()
            visit.page.get_by_role("button", name="Copier avec les citations").click()
            visit.page.locator(".panel > [role=status] p").filter(has_text="Copié").wait_for(state="attached")
            texts = [visit.page.evaluate("navigator.clipboard.readText()")]
            for name in ("Markdown", "JSON"):
                with visit.page.expect_download() as download:
                    visit.page.get_by_role("button", name=f"Exporter en {name}").click()
                texts.append(Path(download.value.path()).read_text(encoding="utf-8"))
            assert all(MARK in text for text in texts[:2])
            kept = json.loads(texts[2])
            assert (kept["ai_generated"], kept["model"], kept["prompt_version"]) == (True, MODEL, "answer.fr.v1")
            assert visit.complaints == []


def test_a_visitor_reads_where_questions_go_before_asking(browser: Any, starter_engine: AnswerEngine) -> None:
    elsewhere = {"chat_model": MODEL, "chat_base_url": "https://modele.invalid/v1", "mode_default": "generative"}
    with running(app_of(starter_engine, **elsewhere)) as url, visiting(browser) as visit:
        visit.page.goto(url)
        visit.page.locator(".panel .notice").filter(has_text="transmis à modele.invalid").first.wait_for()
