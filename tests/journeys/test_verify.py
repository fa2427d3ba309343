"""An answer that was kept is verified later: against its own bundle, against today's, after changes, and after it was tampered with."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.encoder import Encoder
from corpus.indexed_document import IndexedDocument
from corpus.shelf import Shelf
from service.engine import open_engine
from tests.http_maker import client_of
from tests.makers import call, document, paragraph, shelve
from tests.makers import note as made_note

QUESTION = "Combien de temps dure la PECAN ?"
SAID = "La PECAN dure un an, non renouvelable."
Answer = dict[str, Any]


def note(identifier: str, *pages: str, sha256: str = "a" * 64, title: str = "La PECAN") -> IndexedDocument:
    """A document, a paragraph a page, with the digest of a file."""
    source = made_note(identifier, "x", title=title, publisher="Agence A", sha256=sha256).source
    return document(source, *([paragraph(text, "Durée")] for text in pages))


FIRST = note("pecan", f"{SAID} Elle vise les dispositifs médicaux numériques.", "Le plafond est de 780 € par an.")
OTHER = made_note("hds", "La certification HDS couvre six activités.")


@pytest.fixture
def shelf(tmp_path: Path, encoder: Encoder) -> Shelf:
    """A shelf whose active bundle holds FIRST."""
    made = Shelf(tmp_path / "bundles")
    publish(made, encoder, FIRST, OTHER)
    return made


def publish(shelf: Shelf, encoder: Encoder, *documents: IndexedDocument) -> str:
    bundle = shelve(shelf.folder, documents, encoder)
    shelf.activate(bundle.card.id)
    return bundle.card.id


def asked(shelf: Shelf) -> Answer:
    """An answer over HTTP."""
    answer: Answer = client_of(open_engine(shelf.folder)).post("/v1/answers", json={"question": QUESTION}).json()
    assert answer["citations"][0]["quote"]["exact"] == SAID
    return answer


def verified(shelf: Shelf, answer: Any, *options: str) -> tuple[int, Any]:
    """Exit code and report of the command."""
    path = shelf.folder.parent / "answer.json"
    path.write_text(answer if isinstance(answer, str) else json.dumps(answer), encoding="utf-8")
    done = call("service", "verify", str(path), "--bundles", str(shelf.folder), "--json", *options)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def codes(report: Any) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


def test_an_answer_that_still_holds_is_verified_wherever_it_was_kept_from(shelf: Shelf) -> None:
    over_http = asked(shelf)
    printed = json.loads(call("service", "ask", QUESTION, "--bundles", str(shelf.folder), "--json").stdout)
    exported = {"question": QUESTION, "notice": "Vous échangez avec un système d'IA.", **over_http}
    for answer in (over_http, printed, exported):
        code, report = verified(shelf, answer)
        assert (code, report["verified"], report["quotes"], report["findings"]) == (0, True, 1, [])
        assert report["bundles"] == [{"id": shelf.active_id(), "role": "both"}]


def test_an_answer_of_an_older_bundle_is_compared_with_both(shelf: Shelf, encoder: Encoder) -> None:
    answer = asked(shelf)
    newer = publish(shelf, encoder, FIRST)
    code, report = verified(shelf, answer)
    assert (code, report["bundles"]) == (
        0,
        [{"id": answer["bundle"]["id"], "role": "answer"}, {"id": newer, "role": "active"}],
    )


def test_a_bundle_that_is_gone_is_said_and_the_active_one_compared(shelf: Shelf, encoder: Encoder) -> None:
    answer = asked(shelf)
    newer = publish(shelf, encoder, FIRST)
    shutil.rmtree(shelf.folder / answer["bundle"]["id"])
    code, report = verified(shelf, answer)
    assert (code, codes(report), report["bundles"]) == (1, ["bundle_gone"], [{"id": newer, "role": "active"}])
    assert answer["bundle"]["id"] in report["findings"][0]["text"]


def test_a_damaged_bundle_is_said(shelf: Shelf, encoder: Encoder) -> None:
    answer = asked(shelf)
    publish(shelf, encoder, FIRST)
    (shelf.folder / answer["bundle"]["id"] / "text.bin").write_bytes(b"x")
    assert codes(verified(shelf, answer)[1]) == ["bundle_damaged"]


def test_a_withdrawn_document_is_said_with_its_reason(shelf: Shelf) -> None:
    answer = asked(shelf)
    shelf.withdrawals().withdraw("pecan", "Remplacée par une loi.", dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    code, report = verified(shelf, answer)
    assert (code, codes(report)) == (1, ["document_withdrawn"])
    assert "Remplacée par une loi." in report["findings"][0]["text"]


@pytest.mark.parametrize(
    ("now", "expected", "says"),
    [
        (None, ["document_gone"], "pecan"),
        (note("pecan", FIRST.pages[0].text, FIRST.pages[1].text, sha256="b" * 64), ["document_changed"], "fichier"),
        (note("pecan", FIRST.pages[0].text, "Rien de plus."), ["text_changed"], "à la même place"),
        (note("pecan", f"Rappel. {FIRST.pages[0].text}", FIRST.pages[1].text), ["quote_moved"], "caractères 8 à 46"),
        (
            note("pecan", "Sommaire.", FIRST.pages[1].text, FIRST.pages[0].text),
            ["quote_elsewhere"],
            "à la page 3, caractères 0 à 38",
        ),
        (note("pecan", "La PECAN dure deux ans.", FIRST.pages[1].text), ["quote_gone"], "ne contient plus"),
        (note("pecan", FIRST.pages[0].text, FIRST.pages[1].text, title="Autre titre"), ["details_differ"], "title"),
    ],
)
def test_what_a_newer_bundle_changed_is_told_from_what_the_answer_s_own_holds(
    shelf: Shelf, encoder: Encoder, now: IndexedDocument | None, expected: list[str], says: str
) -> None:
    answer = asked(shelf)
    newer = publish(shelf, encoder, *([now] if now else []), OTHER)
    code, report = verified(shelf, answer)
    assert (code, codes(report)) == (1, expected)
    assert {finding["bundle_id"] for finding in report["findings"]} == {newer}
    assert all(finding["citation"] == 1 for finding in report["findings"])
    assert says in " ".join(finding["text"] for finding in report["findings"])
    assert [one["role"] for one in report["bundles"]] == ["answer", "active"]


def changed(**fields: Any) -> Callable[[Answer], None]:
    """Someone writes other values into an answer: `citations__0__quote__start=3`."""

    def tamper(answer: Answer) -> None:
        for path, value in fields.items():
            *inside, last = [int(part) if part.isdecimal() else part for part in path.split("__")]
            place: Any = answer
            for part in inside:
                place = place[part]
            place[last] = value

    return tamper


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (changed(citations__0__quote__exact="La PECAN dure deux ans."), ["statement_altered", "quote_altered"]),
        (changed(citations__0__quote__start=3, citations__0__quote__end=41), ["quote_moved"]),
        (changed(citations__0__page__index=1, citations__0__page__label="2"), ["quote_elsewhere"]),
        (changed(citations__0__page__label="7"), ["details_differ"]),
        (changed(citations__0__document__title="Loi de finances"), ["details_differ"]),
        (changed(citations__0__document__url="https://ailleurs.net/"), ["details_differ"]),
        (changed(citations__0__document__sha256="0" * 64), ["digest_altered"]),
        (changed(citations__0__text_sha256="0" * 64), ["digest_altered"]),
        (changed(citations__0__document__sha256="", citations__0__text_sha256=""), ["digest_missing"]),
        (changed(citations__0__document__id="../../etc/passwd"), ["document_gone"]),
        (changed(statements__0__citations=[]), ["text_altered", "statement_without_citation"]),
        (changed(statements__0__citations=[9]), ["text_altered", "citation_missing"]),
        (changed(statements__0__text="La PECAN dure deux ans."), ["text_altered", "statement_altered"]),
        (changed(text="La PECAN dure deux ans. [1]"), ["text_altered"]),
        (changed(mode="generative", statements__0__text="La PECAN dure deux ans."), ["statement_altered"]),
        (
            changed(statements__0__ai_generated=True, statements__0__text="Deux ans."),
            ["text_altered", "statement_altered"],
        ),
        (changed(statements=[], text=""), ["no_statement"]),
        (changed(bundle__id="../../etc"), ["bundle_gone"]),
        (lambda answer: answer["citations"].append(answer["citations"][0]), ["citation_twice"]),
    ],
)
def test_what_was_changed_by_hand_is_found(shelf: Shelf, tamper: Callable[[Answer], None], expected: list[str]) -> None:
    answer = copy.deepcopy(asked(shelf))
    tamper(answer)
    code, report = verified(shelf, answer)
    assert (code, sorted(codes(report))) == (1, sorted(expected))


def test_a_statement_that_a_model_worded_need_not_be_its_quote(shelf: Shelf) -> None:
    answer = asked(shelf)
    changed(mode="generative", statements__0__ai_generated=True, statements__0__text="Elle dure un an.")(answer)
    assert verified(shelf, answer)[0] == 0


def test_an_answer_without_quotes_has_nothing_that_could_differ(shelf: Shelf) -> None:
    answer = client_of(open_engine(shelf.folder)).post("/v1/answers", json={"question": "Qui a peint la Joconde ?"})
    assert answer.json()["citations"] == []
    assert verified(shelf, answer.json())[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "12",
        '"a"',
        "{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"text": "\\ud800"}',
        "\x00\x1b[31m",
        "NaN",
    ],
)
def test_what_is_no_answer_is_refused_in_a_line(shelf: Shelf, text: str) -> None:
    code, error = verified(shelf, text)
    assert code == 2
    assert error.startswith("answer_invalid: ") and error.count("\n") == 1 and "Traceback" not in error


@pytest.mark.parametrize(
    "tamper",
    [
        changed(citations__0__quote__start=-1),
        changed(citations__0__quote__start=10**30),
        changed(citations__0__quote__start="0"),
        changed(citations__0__quote__exact=""),
        changed(citations__0__quote=None),
        changed(citations="none"),
        changed(statements=[{"text": "x", "citations": [1] * 600}]),
        changed(bundle={"id": 12}),
        changed(citations__0__page={"index": 10**20, "label": "1"}),
    ],
)
def test_values_that_no_answer_has_are_refused_by_name(shelf: Shelf, tamper: Callable[[Answer], None]) -> None:
    answer = asked(shelf)
    tamper(answer)
    code, error = verified(shelf, answer)
    assert (code, error.startswith("answer_invalid: This is no answer: ")) == (2, True)


def test_a_huge_file_is_refused_and_a_missing_one_named(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "huge.json").write_bytes(b" " * 8_000_001)
    for name, code in (
        ("huge.json", "answer_invalid"),
        ("absent.json", "answer_unreadable"),
        (".", "answer_unreadable"),
    ):
        done = call("service", "verify", str(tmp_path / name), "--bundles", str(shelf.folder))
        assert (done.returncode, done.stderr.startswith(f"{code}: ")) == (2, True)


def test_without_any_bundle_nothing_can_be_verified(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(asked(shelf)), encoding="utf-8")
    done = call("service", "verify", str(tmp_path / "a.json"), "--bundles", str(tmp_path / "nothing"))
    assert (done.returncode, done.stderr.startswith("bundle_missing: ")) == (2, True)


def test_the_report_of_a_person_speaks_the_answer_s_language_or_the_one_asked_for(shelf: Shelf) -> None:
    answer = asked(shelf)
    path = shelf.folder.parent / "answer.json"
    changed(citations__0__quote__start=3, citations__0__document__title="\x1b[31mRouge")(answer)
    path.write_text(json.dumps(answer), encoding="utf-8")
    told = {
        lang: call("service", "verify", str(path), "--bundles", str(shelf.folder), *(["--lang", lang] if lang else []))
        for lang in ("", "en")
    }
    assert [one.returncode for one in told.values()] == [1, 1]
    assert "l’extrait est bien à la page 1" in told[""].stdout.lower()
    assert "The quote is on page 1 of the document pecan, but at the characters 0 to 38" in told["en"].stdout
    assert "\x1b" not in told[""].stdout + told["en"].stdout
