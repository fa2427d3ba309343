"""An answer over HTTP in generative mode: a question goes in; the answer comes out, checked for what holds for every one of them."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

QUESTION = "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?"
ENGLISH = "When was the French State of Play of AI in Health published?"
NOWHERE = "Combien de radiologues exercent à l’hôpital de Vierzon ?"
NEEDLE = "officiellement publié le 11 février 2025"


def ask(client: TestClient, question: str = QUESTION, mode: str = "generative", **more: Any) -> dict[str, Any]:
    response = client.post("/v1/answers", json={"question": question, "mode": mode, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    check(client, answer)
    return answer


def check(client: TestClient, answer: dict[str, Any]) -> None:
    """What holds for every answer: quotes are the page's own characters, and each statement that is no quote says so."""
    by_number = {citation["n"]: citation for citation in answer["citations"]}
    for citation in answer["citations"]:
        page, quote = client.get(citation["links"]["page_text"]).json(), citation["quote"]
        assert page["text"][quote["start"] : quote["end"]] == quote["exact"]
    for statement in answer["statements"]:
        assert statement["citations"]
        quotes = [by_number[n]["quote"]["exact"] for n in statement["citations"]]
        assert statement["ai_generated"] or statement["text"] in quotes
    assert answer["ai_generated"] == any(statement["ai_generated"] for statement in answer["statements"])
    assert (
        (answer["mode"] == "generative")
        == answer["ai_generated"]
        == ("model" in answer)
        == ("prompt_version" in answer)
    )


def codes(answer: dict[str, Any]) -> list[str]:
    return [notice["code"] for notice in answer["notices"]]


def counted(client: TestClient, name: str) -> dict[str, float]:
    """A counter by the value of its label."""
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith(name + "{")]
    return {line.split('"')[1]: float(line.rpartition(" ")[2]) for line in lines}


def same_as_extracts(client: TestClient, answer: dict[str, Any]) -> bool:
    extracts = ask(client, mode="extractive")
    return all(answer[field] == extracts[field] for field in ("statements", "citations", "mode", "ai_generated"))
