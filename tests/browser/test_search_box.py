"""The example of a search box, as it is in docs/examples, on a site of its own with a strict policy, in a real browser."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from corpus.encoder import Encoder
from service.engine import AnswerEngine
from tests.browser.conftest import free_port
from tests.browser.stages import serving
from tests.browser.visits import visiting
from tests.http_maker import app_of
from tests.loopback import on_loopback
from tests.makers import ROOT, note, write

pytestmark = pytest.mark.browser
EXAMPLES = ROOT / "docs" / "examples"
WRITTEN = "http://127.0.0.1:8000"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
ENDED = re.compile(r"[^…\s]$")
"""What is announced when a search has ended: while it runs, the words end in three dots."""
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> Le délai est de soixante jours."


@contextmanager
def example(engine: AnswerEngine, *, listed: bool = True) -> Iterator[tuple[str, str]]:
    """The addresses of the folder of examples and of the service that its pages call."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with on_loopback(app_of(engine, cors_origins=(site,) if listed else ())) as service:

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                path: Path = EXAMPLES / self.path.partition("?")[0].lstrip("/")
                found = path.is_file() and path.parent == EXAMPLES
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", f"{KINDS.get(path.suffix, 'text/plain')}; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src {service}; form-action {service}; "
                    "require-trusted-types-for 'script'; trusted-types 'none'",
                )
                self.end_headers()
                if found:
                    self.wfile.write(path.read_text(encoding="utf-8").replace(WRITTEN, service).encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        with serving(Handler, port):
            yield site, service


def search(page: Any, words: str) -> str:
    """Search by keyboard; what is announced at the end."""
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("status").filter(has_text=ENDED).wait_for()
    said: str = page.get_by_role("status").inner_text()
    return said


@pytest.mark.parametrize(
    ("name", "announced", "page_word"),
    [
        ("search-box.html", "5 passages, les plus proches d’abord.", "novembre 2026"),
        ("search-box.en.html", "5 passages", "November"),
    ],
)
def test_passages_are_shown_with_their_source_and_lead_to_their_place(
    browser: Any, axe: str, starter_engine: AnswerEngine, name: str, announced: str, page_word: str
) -> None:
    with example(starter_engine) as (site, service), visiting(browser) as visit:
        visit.page.goto(f"{site}/{name}")
        assert search(visit.page, "plafond de la PECAN").startswith(announced)
        items = visit.page.locator(".search-box li")
        assert items.count() == 5
        quoted = [items.nth(n).locator("blockquote").text_content() for n in range(5)]
        bundle = starter_engine.bundle
        assert set(quoted) <= set(bundle.passage_texts())
        assert page_word in items.first.inner_text()
        assert visit.page.evaluate("document.activeElement.id") == "passages"
        assert visit.violations(axe) == []
        assert visit.complaints == []
        link = items.first.get_by_role("link").first
        assert (link.get_attribute("href") or "").startswith(f"{service}/documents/")
        link.click()
        visit.page.locator("mark").first.wait_for()


def test_it_fits_a_small_telephone_in_the_dark(browser: Any, axe: str, starter_engine: AnswerEngine) -> None:
    with example(starter_engine) as (site, _), visiting(browser, width=320, height=640, scheme="dark") as visit:
        visit.page.goto(f"{site}/search-box.html")
        search(visit.page, "plafond de la PECAN")
        assert visit.overflow() <= 0
        assert visit.violations(axe) == []


def test_what_a_document_holds_is_text_and_never_markup(browser: Any, tmp_path: Path, encoder: Encoder) -> None:
    law = note("loi", HOSTILE, title="<b>Loi</b>", url="javascript:alert(3)", valid_to=dt.date(2026, 1, 1))
    engine = AnswerEngine(write(tmp_path / "b", [law], encoder), encoder)
    with example(engine) as (site, _), visiting(browser) as visit:
        visit.page.goto(f"{site}/search-box.html")
        assert search(visit.page, "délai") == "1 passage, le plus proche."
        item = visit.page.locator(".search-box li")
        assert item.locator("blockquote").text_content() == HOSTILE
        assert item.locator("h2").inner_text() == "<b>Loi</b>"
        assert item.locator("img, script, b").count() == 0
        assert item.get_by_role("link").count() == 1
        assert item.locator(".standing").inner_text().strip() == "Ne vaut plus."
        assert visit.complaints == []


def test_a_refusal_is_shown_in_the_service_s_words_and_a_new_search_goes_on(
    browser: Any, starter_engine: AnswerEngine
) -> None:
    with example(starter_engine) as (site, _), visiting(browser) as visit:
        visit.page.goto(f"{site}/search-box.en.html")
        assert (
            search(visit.page, "jean.dupont@exemple.fr")
            == "The text holds an e-mail address. Nothing was searched or kept."
        )
        assert visit.page.locator(".search-box li").count() == 0
        assert search(visit.page, "PECAN").startswith("5 passages")


def test_a_site_that_is_not_listed_is_told_that_nobody_answers(browser: Any, starter_engine: AnswerEngine) -> None:
    with example(starter_engine, listed=False) as (site, _), visiting(browser) as visit:
        visit.page.goto(f"{site}/search-box.html")
        assert search(visit.page, "PECAN").startswith("Le service ne répond pas.")


def test_without_javascript_the_form_leads_to_the_service(browser: Any, starter_engine: AnswerEngine) -> None:
    with example(starter_engine) as (site, service):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site}/search-box.html")
        page.get_by_role("searchbox").fill("PECAN")
        page.get_by_role("button", name="Chercher").click()
        page.wait_for_url(f"{service}/ask?q=PECAN")
        context.close()
