"""POST /v1/answers and /v1/search keep their promises over the starter corpus."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.encoder import Encoder
from service.engine import AnswerEngine
from tests.http_maker import OtherEngine, client_of
from tests.makers import TODAY, note, write

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"
NOWHERE = "Quel est le prix d'un billet de train entre Lyon et Marseille ?"
ANSWER_FIELDS = {
    "id", "outcome", "completeness", "lang", "mode", "ai_generated", "text", "statements", "citations", "notices",
    "confidence", "bundle", "timings_ms", "request_id",
}  # fmt: skip
CITATION_FIELDS = {
    "n", "passage_id", "document", "page", "section", "quote", "verified", "boxes", "links",
}  # fmt: skip
DOCUMENT_FIELDS = {
    "id", "title", "publisher", "published_on", "language", "kind", "url", "licence", "status", "superseded_by",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(starter_engine: AnswerEngine) -> TestClient:
    return client_of(starter_engine)


def ask(client: TestClient, question: str = QUESTION, **more: Any) -> dict[str, Any]:
    response = client.post("/v1/answers", json={"question": question, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_an_answer_has_every_field_of_the_format(client: TestClient) -> None:
    answer = ask(client)
    assert answer["outcome"] == "answered"
    assert set(answer) >= ANSWER_FIELDS
    assert answer["id"].startswith("ans_")
    assert answer["bundle"].keys() == {"id", "built_at"}
    assert answer["timings_ms"]["total"] > 0
    for citation in answer["citations"]:
        assert set(citation) >= CITATION_FIELDS
        assert set(citation["document"]) >= DOCUMENT_FIELDS
        assert citation["verified"] is True
        assert citation["quote"].keys() == {"exact", "lang", "prefix", "suffix", "start", "end"}


def test_a_quote_is_the_served_page_text_at_its_offsets(client: TestClient) -> None:
    for citation in ask(client)["citations"]:
        page = client.get(citation["links"]["page_text"]).json()
        quote = citation["quote"]
        assert page["text"][quote["start"] : quote["end"]] == quote["exact"]
        assert page["text"][: quote["start"]].endswith(quote["prefix"])
        assert page["text"][quote["end"] :].startswith(quote["suffix"])
        assert page["index"] == (citation["page"] or {"index": 0})["index"]


def test_every_statement_is_a_quote_and_is_marked_in_the_text(client: TestClient) -> None:
    answer = ask(client)
    quotes = {citation["n"]: citation["quote"]["exact"] for citation in answer["citations"]}
    for statement in answer["statements"]:
        assert statement["text"] in {quotes[n] for n in statement["citations"]}
        assert all(f"[{n}]" in answer["text"] for n in statement["citations"])


def test_every_link_of_a_citation_leads_somewhere(client: TestClient) -> None:
    for citation in ask(client)["citations"]:
        for name in ("passage", "page_text", "view", "document"):
            path = citation["links"][name].partition("#")[0]
            assert client.get(path).status_code == 200, name
        assert citation["links"]["view"].endswith("#quote")


def test_a_pdf_is_linked_at_the_page_as_readers_count(client: TestClient) -> None:
    pdfs = [c for c in ask(client)["citations"] if c["page"] is not None]
    assert pdfs
    for citation in pdfs:
        assert citation["links"]["document"].endswith(f"/file#page={citation['page']['index'] + 1}")


def test_what_the_corpus_does_not_say_is_an_outcome_and_no_error(client: TestClient) -> None:
    answer = ask(client, NOWHERE)
    assert answer["outcome"] in ("no_source", "out_of_scope")
    assert answer["citations"] == answer["statements"] == []
    assert answer["completeness"] == "none"
    assert answer["text"]


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?", "en"),
        ("When was the State's report on AI in health published, and by whom?", "fr"),
    ],
)
def test_a_question_is_read_in_its_own_language_whatever_that_of_the_page(
    client: TestClient, asked: str, lang: str
) -> None:
    answer = client.post("/v1/answers", json={"question": asked, "lang": lang}).json()
    assert (answer["outcome"], answer["lang"]) == ("answered", lang)
    assert any("2025" in citation["quote"]["exact"] for citation in answer["citations"])


def test_passages_are_sent_where_they_are_asked_for(client: TestClient) -> None:
    assert "passages" not in ask(client)
    assert ask(client, include=["passages", "timings"], max_passages=3)["passages"]


def test_the_date_of_an_answer_is_today_unless_another_is_asked(starter_engine: AnswerEngine) -> None:
    engine = OtherEngine(starter_engine)
    client = client_of(engine)
    assert ask(client)["as_of"] == TODAY.isoformat()
    assert ask(client, as_of="2025-06-01")["as_of"] == "2025-06-01"
    assert [asked.as_of.isoformat() for asked in engine.asked] == [TODAY.isoformat(), "2025-06-01"]


def test_the_whole_request_reaches_the_engine(starter_engine: AnswerEngine) -> None:
    engine = OtherEngine(starter_engine)
    source = starter_engine.bundle.documents[0].source
    ask(
        client_of(engine),
        question="  Et depuis ?\u200b ",
        lang="fr",
        filters={
            "publishers": [source.publisher],
            "kinds": [source.kind.value],
            "documents": [source.id],
            "published_after": "2020-01-01",
        },
        conversation=[{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}],
        max_passages=4,
        mode="generative",
        stream=False,
    )
    (asked,) = engine.asked
    assert (asked.text, asked.lang, asked.max_passages, asked.mode) == ("Et depuis ?", "fr", 4, "generative")
    assert asked.filters.accept(source)
    assert asked.filters.documents == (source.id,)
    assert [(turn.role, turn.text) for turn in asked.conversation] == [("user", "a"), ("assistant", "b")]


def test_an_answer_never_mixes_two_indexes(starter_engine: AnswerEngine) -> None:
    """The engine is replaced while a question is being answered; the answer keeps to the one it began with."""
    client = client_of(None)

    class Replaced(OtherEngine):
        def ask(self, question: Any) -> Any:
            client.app.state.engine = None  # type: ignore[attr-defined]
            return super().ask(question)

    client.app.state.engine = Replaced(starter_engine)  # type: ignore[attr-defined]
    assert ask(client)["bundle"]["id"] == starter_engine.bundle.card.id
    assert client.post("/v1/answers", json={"question": QUESTION}).json()["code"] == "index_not_ready"


def test_a_search_gives_passages_best_first_with_their_scores(client: TestClient) -> None:
    body = client.post("/v1/search", json={"query": "certification des hôpitaux", "limit": 5}).json()
    assert 1 <= len(body["data"]) <= 5
    assert body["bundle"].keys() == {"id", "built_at"}
    scores = [found["score"] for found in body["data"]]
    assert scores == sorted(scores, reverse=True)
    for found in body["data"]:
        assert {"passage_id", "text", "score", "scores", "document", "page", "section"} <= set(found)
        assert {"dense", "lexical", "rank"} <= set(found["scores"])
        assert client.get(found["links"]["passage"]).json()["text"] == found["text"]


def test_a_filter_holds_for_a_search(client: TestClient, starter_engine: AnswerEngine) -> None:
    wanted = starter_engine.bundle.documents[-1].source.id
    body = client.post("/v1/search", json={"query": "santé", "filters": {"documents": [wanted]}}).json()
    assert {found["document"]["id"] for found in body["data"]} == {wanted}


def test_a_search_says_how_documents_stand_on_the_asked_date(encoder: Encoder, tmp_path: Path) -> None:
    """Over a law that held for 2026 alone, published the year before."""
    law = note(
        "loi",
        "Le délai est de soixante jours.",
        published_on=dt.date(2025, 12, 1),
        valid_from=dt.date(2026, 1, 1),
        valid_to=dt.date(2027, 1, 1),
    )
    client = client_of(AnswerEngine(write(tmp_path / "b", [law], encoder), encoder))
    seen = {}
    for day in ("2025-06-01", "2025-12-15", "2026-06-01", "2027-06-01"):
        body = client.post("/v1/search", json={"query": "Quel est le délai ?", "as_of": day}).json()
        (found,) = body["data"]
        seen[day] = found["document"]["status"], [(one["code"], one["citations"]) for one in body["notices"]]
    assert seen == {
        "2025-06-01": ("announced", [("later_source", [1])]),
        "2025-12-15": ("announced", []),
        "2026-06-01": ("in_force", []),
        "2027-06-01": ("superseded", []),
    }


def test_a_citation_holds_what_is_needed_to_verify_it_later(client: TestClient, starter_engine: AnswerEngine) -> None:
    for citation in ask(client)["citations"]:
        record = starter_engine.bundle.document(citation["document"]["id"])
        assert record is not None
        assert citation["document"]["sha256"] == record.source.sha256 != ""
        assert citation["text_sha256"] == record.text_sha256 != ""
