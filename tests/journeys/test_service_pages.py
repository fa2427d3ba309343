"""A visitor without JavaScript: asks, reads the answer, opens the quote in its page, and goes back to the documents."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from service.engine import AnswerEngine
from tests.http_maker import BrokenEngine, client_of

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"
MARK = re.compile(r"<mark[^>]*>(.*?)</mark>", re.DOTALL)


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def shown(page: str) -> str:
    """What a reader sees of some HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_an_answer_is_read_and_its_quote_opened_in_the_page(client: TestClient) -> None:
    page = client.post("/ask", data={"question": QUESTION}).text
    quotes = [shown(found) for found in MARK.findall(page)]
    assert quotes
    links = [html.unescape(link) for link in re.findall(r'href="(/documents/[^"]+#quote)"', page)]
    assert len(links) == len(quotes)
    for quote, link in zip(quotes, links, strict=True):
        opened = client.get(link).text
        assert "".join(shown(found) for found in MARK.findall(opened)).replace("\n", "") == quote.replace("\n", "")
        assert opened.count('id="quote"') == 1


@pytest.mark.parametrize(
    ("question", "badge", "notice"),
    [
        ("Quel est l'objectif d'activation de Mon espace santé pour 2027 ?", "Annoncé", "n’est pas attestée"),
        (
            "Que devait contenir la feuille de route IA en santé annoncée en février 2025 ?",
            "Dépassé",
            "ne vaut plus à la date demandée",
        ),
    ],
)
def test_what_does_not_hold_says_so_beside_the_sentence_and_above_the_sources(
    client: TestClient, question: str, badge: str, notice: str
) -> None:
    page = client.post("/ask", data={"question": question}).text
    stated = shown(page.partition('class="statements"')[2].partition("</div>")[0])
    assert re.search(rf"{badge}\s*$", stated)
    noticed = shown(page.partition('class="notices"')[2].partition("</ul>")[0])
    assert notice in noticed
    assert page.index('class="notices"') < page.index('id="source-1"')


def test_a_source_leads_to_the_page_and_to_its_picture(client: TestClient) -> None:
    page = client.post("/ask", data={"question": "Quel est le plafond de la PECAN ?"}).text
    (source,) = re.findall(r'<article class="source" id="source-1".*?</article>', page, re.DOTALL)
    links = [html.unescape(link) for link in re.findall(r'href="(/[^"]+)"', source)]
    picture = next(link for link in links if "/image?" in link)
    assert client.get(picture).headers["content-type"] == "image/png"
    assert any(link.endswith("#quote") for link in links)
    assert re.search(r"page 2", shown(source))


def test_a_citation_is_named_by_its_title_and_page(client: TestClient) -> None:
    page = client.post("/ask", data={"question": QUESTION}).text
    names = [html.unescape(name) for name in re.findall(r'class="cite"[^>]*aria-label="([^"]+)"', page)]
    assert names
    assert all(re.match(r"Source \d+\u00a0: .{10,}", name) for name in names)


def test_an_address_only_fills_the_field(client: TestClient) -> None:
    page = client.get("/ask", params={"q": QUESTION}).text
    assert html.escape(QUESTION, quote=False) in page.replace("&#39;", "'")
    assert "<mark" not in page


def test_where_nothing_is_found_the_nearest_passages_are_labelled_as_such(client: TestClient) -> None:
    page = client.post("/ask", data={"question": "Combien de radiologues exercent à l’hôpital de Vierzon ?"}).text
    assert "<mark" not in page
    assert "Passages proches, sans réponse directe" in page


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_question_that_a_page_proposes_is_answered(client: TestClient, lang: str) -> None:
    page = client.get(f"/?lang={lang}").text
    proposed = [html.unescape(text) for text in re.findall(r"<a data-question[^>]*>([^<]+)</a>", page)]
    assert len(proposed) == 3
    for question in proposed:
        answer = client.post("/v1/answers", json={"question": question, "lang": lang}).json()
        assert answer["outcome"] == "answered", question


@pytest.mark.parametrize("by", ["publisher", "status", "date"])
def test_the_catalogue_is_grouped_and_nothing_is_left_out(
    client: TestClient, starter_engine: AnswerEngine, by: str
) -> None:
    page = client.get(f"/documents?by={by}").text
    for record in starter_engine.bundle.documents:
        assert page.count(f'href="/documents/{record.source.id}?') == 1
    assert 'aria-current="true"' in page
    assert client.get("/documents?by=colour").status_code == 400


def test_a_document_shows_its_passages_each_opening_in_its_page(client: TestClient) -> None:
    page = client.get("/documents/pecan?view=passages").text
    shown_passages = [shown(found) for found in re.findall(r"<blockquote><p>(.*?)</p></blockquote>", page, re.DOTALL)]
    links = [html.unescape(link) for link in re.findall(r'href="(/documents/pecan[^"]+#quote)"', page)]
    assert len(links) == len(shown_passages) > 3
    marked = "".join(shown(found) for found in MARK.findall(client.get(links[0]).text))
    assert marked.replace("\n", "") == shown_passages[0].replace("\n", "")


def test_a_page_of_a_pdf_can_be_seen_as_printed(client: TestClient) -> None:
    page = client.get("/documents/pecan?page=1&start=10&end=40").text
    picture = html.unescape(re.findall(r'<img src="(/v1/[^"]+)"', page)[0])
    assert picture == "/v1/documents/pecan/pages/1/image?start=10&end=40"
    assert client.get(picture).headers["content-type"] == "image/png"
    assert "/image" not in client.get("/documents/omnibus-ia").text


def test_the_demonstration_shows_the_assistant_on_a_site(client: TestClient) -> None:
    for lang in ("fr", "en"):
        page = client.get(f"/demo?lang={lang}").text
        assert '<policy-assistant endpoint=""' in page
        assert f'<html lang="{lang}">' in page


def test_pages_speak_english_when_asked_and_keep_to_it(client: TestClient) -> None:
    for page in (client.get("/?lang=en").text, client.get("/", headers={"Accept-Language": "en"}).text):
        assert '<html lang="en">' in page
        assert "What do the texts say" in page
    assert 'href="/documents?lang=en"' in client.get("/?lang=en").text
    assert 'hreflang="fr"' in client.get("/?lang=en").text


@pytest.mark.parametrize(("question", "status"), [("", 422), ("   ", 422), ("é" * 501, 422), ("é" * 9000, 422)])
def test_a_question_out_of_limits_is_explained_beside_the_field(client: TestClient, question: str, status: int) -> None:
    response = client.post("/ask", data={"question": question})
    assert response.status_code == status
    assert 'aria-invalid="true"' in response.text


def test_a_fault_is_a_page_with_its_reference(starter_engine: AnswerEngine) -> None:
    client = client_of(BrokenEngine(starter_engine))
    response = client.post("/ask", data={"question": QUESTION}, headers={"Accept": "text/html"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text
    assert "cannot answer" not in response.text


def test_a_question_cannot_become_markup(client: TestClient) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)> article 50'
    for page in (client.get("/ask", params={"q": attack}).text, client.post("/ask", data={"question": attack}).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_every_document_of_the_catalogue_opens_page_by_page(client: TestClient, starter_engine: AnswerEngine) -> None:
    listed = client.get("/documents").text
    for record in starter_engine.bundle.documents:
        assert f"/documents/{record.source.id}?" in listed
    longest = max(starter_engine.bundle.documents, key=lambda record: record.n_pages)
    for index in range(longest.n_pages):
        page = client.get(f"/documents/{longest.source.id}?page={index}").text
        assert ('rel="next"' in page) == (index + 1 < longest.n_pages)
        assert ('rel="prev"' in page) == (index > 0)


@pytest.mark.parametrize(
    "span", ["start=5&end=2", "start=0&end=99999999", "start=&end=", "page=999", "page=-1", "start=x"]
)
def test_a_span_that_is_not_there_marks_nothing_and_breaks_nothing(
    client: TestClient, starter_engine: AnswerEngine, span: str
) -> None:
    document = starter_engine.bundle.documents[0].source.id
    response = client.get(f"/documents/{document}?{span}", headers={"Accept": "text/html"})
    assert response.status_code in (200, 400, 404)
    assert "<mark" not in response.text
