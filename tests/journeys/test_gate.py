"""A build with a questions file: a bundle that finds less than the active one is not activated, and the questions are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.shelf import Shelf
from tests.makers import call

TEXTS = {
    "pecan": "# La PECAN\n\nLe plafond de la PECAN est de 780 € par an et par patient.\n",
    "hds": "# Le HDS\n\nLa certification HDS couvre six activités d’hébergement.\n",
    "eeds": "# L’EEDS\n\nL’espace européen des données de santé entre en application en mars 2029.\n",
}
QUESTIONS = [
    {"id": "Q1", "question": "Quel est le plafond de la PECAN ?", "language": "fr", "expected_facts": ["780"]},
    {"id": "Q2", "question": "Combien d'activités le HDS couvre-t-il ?", "expected_documents": ["hds"]},
    {"id": "Q3", "question": "Quand l'EEDS entre-t-il en application ?", "expected_facts": ["mars 2029"]},
    {"id": "Q4", "question": "Quel est le prix du pain ?", "behavior": "abstain", "expected_facts": ["baguette"]},
]


class Press:
    """A folder of documents, its shelf, and a questions file."""

    def __init__(self, folder: Path) -> None:
        self.documents, self.shelf, self.questions = folder / "documents", Shelf(folder / "bundles"), folder / "q.jsonl"
        self.documents.mkdir()
        for name, text in TEXTS.items():
            (self.documents / f"{name}.md").write_text(text, encoding="utf-8")
        lines = (json.dumps(one, ensure_ascii=False) for one in QUESTIONS)
        self.questions.write_text("\n".join(lines) + "\n\n", encoding="utf-8")

    def build(self, *more: str) -> tuple[int, str, str]:
        folders = ("--documents", str(self.documents), "--bundles", str(self.shelf.folder))
        done = call("ingest", "build", *folders, *more)
        return done.returncode, done.stdout, done.stderr

    def gated(self, *more: str) -> tuple[int, str, str]:
        return self.build("--questions", str(self.questions), *more)


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


def test_a_bundle_that_finds_less_is_refused_with_3_and_the_old_one_stays(press: Press) -> None:
    code, out, _ = press.gated()
    assert (code, out.splitlines()[-1]) == (0, "recall on 3 questions: 100.0 %")
    before = press.shelf.active_id()
    (press.documents / "pecan.md").write_text("# La PECAN\n\nCette page a été vidée.\n", encoding="utf-8")
    code, out, err = press.gated()
    assert (code, out) == (3, "")
    refused = err.splitlines()[-1]
    assert refused.startswith("recall_fell: recall on q.jsonl would fall from 100.0 % to 66.7 %")
    assert "questions that lost: Q1." in refused and "--tolerance" in refused
    assert press.shelf.active_id() == before
    assert [card.id for card in press.shelf.cards()] == [before]
    assert not list(press.shelf.folder.glob(".building-*"))
    assert press.gated("--full")[0] == 3
    code, out, _ = press.gated("--tolerance", "0.34", "--json")
    assert code == 0
    assert json.loads(out)["recall"] == {"after": pytest.approx(2 / 3), "before": 1.0, "questions": 3}
    assert press.shelf.active_id() != before


def test_a_change_that_loses_nothing_passes_and_says_so(press: Press) -> None:
    press.gated()
    (press.documents / "hds.md").write_text("# Le HDS\n\nLe HDS couvre sept activités.\n", encoding="utf-8")
    code, out, _ = press.gated()
    assert code == 0
    assert "recall on 3 questions: 100.0 % (before: 100.0 %)" in out


def test_the_gate_of_the_environment_holds_for_every_build(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.build()
    monkeypatch.setenv("SOURCIER_GATE_QUESTIONS", str(press.questions))
    monkeypatch.setenv("SOURCIER_GATE_TOLERANCE", "0")
    (press.documents / "eeds.md").unlink()
    assert press.build()[0] == 3
    monkeypatch.setenv("SOURCIER_GATE_TOLERANCE", "0.5")
    assert press.build()[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "line 1"),
        ('{"question": "Quoi ?"}', "says what is expected"),
        ('{"question": "Quoi ?", "expected_facts": ["("]}', "line 1"),
        ('{"expected_facts": ["a"]}', "line 1"),
        ("[1]", "line 1"),
    ],
)
def test_a_questions_file_that_cannot_be_used_is_named_before_anything_is_read(
    press: Press, content: str | None, words: str
) -> None:
    press.questions.unlink()
    if content is not None:
        press.questions.write_text(content, encoding="utf-8")
    code, _, err = press.gated()
    assert code == 2
    assert err.startswith("questions_invalid: ") and words in err and "q.jsonl" in err
    assert press.shelf.active_id() is None
