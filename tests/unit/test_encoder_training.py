"""Training an encoder on a folder of text, from reading to the folder that opens again."""

from __future__ import annotations

import argparse
import lzma
import random
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder import open_encoder
from corpus.errors import EncoderError
from ingest.train_encoder import add_arguments, run
from ingest.train_eval import evaluate_set
from ingest.train_pairs import Bags, Cloze, Sentences, pair_sources, take_runs
from ingest.train_save import quantise
from ingest.train_text import read_training_text, split_sentences
from ingest.train_tokenizer import train_tokenizer
from ingest.train_typos import crop, misspell

SUBJECTS = {
    "Hébergement des données": "L'hébergeur certifié garde les serveurs. Les serveurs restent en Europe. Un audit suit.",
    "Formation des soignants": "Les étudiants apprennent l'algorithme. Le module dure deux jours. Un examen conclut.",
    "Dispositifs médicaux": "Le fabricant marque le dispositif. L'organisme notifié vérifie. La vigilance continue ensuite.",
}


@pytest.fixture
def text_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "text"
    folder.mkdir()
    parts = [f"# {title} {number}\n\n{text}\n" for number in range(12) for title, text in SUBJECTS.items()]
    (folder / "notes.md").write_text("\n".join(parts), encoding="utf-8")
    return folder


def options(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(given)


@pytest.mark.slow
def test_a_small_folder_gives_an_encoder_that_finds_its_subjects(text_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    out = tmp_path / "my-encoder"
    assert run(options("--text", str(text_dir), "--out", str(out), "--quick", "--threads", "1")) == 0
    encoder = open_encoder(out)
    assert (encoder.card.name, encoder.card.kind) == ("my-encoder", "static")
    found = encoder.encode_questions(list(SUBJECTS)) @ encoder.encode_passages(list(SUBJECTS.values())).T
    assert found.argmax(axis=1).tolist() == [0, 1, 2]
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "| seed | 0 |" in card
    assert encoder.card.revision in card


@pytest.mark.slow
def test_the_same_seed_gives_the_same_encoder(text_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    for name in ("first", "second"):
        run(
            options("--text", str(text_dir), "--out", str(tmp_path / name), "--quick", "--steps", "5", "--threads", "1")
        )
    assert open_encoder(tmp_path / "first").card.revision == open_encoder(tmp_path / "second").card.revision


def test_a_folder_without_text_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="nothing-here") as caught:
        run(options("--text", str(tmp_path / "nothing-here"), "--out", str(tmp_path / "out")))
    assert caught.value.code == "no_training_text"


def test_a_folder_in_use_is_not_written_over(text_dir: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        run(options("--text", str(text_dir), "--out", str(text_dir)))
    assert caught.value.code == "output_not_empty"


def test_every_kind_of_text_file_is_read_and_translations_are_held_out(tmp_path: Path) -> None:
    lines = [f"Phrase {number}.\tSentence {number}." for number in range(30)]
    (tmp_path / "speech.tsv.xz").write_bytes(lzma.compress("\n".join([*lines[:10], "", *lines[10:]]).encode()))
    (tmp_path / "pairs.jsonl").write_text('{"q": "Qui ?", "p": "La CNIL."}\n', encoding="utf-8")
    (tmp_path / "law.txt").write_text(("Le texte est long. " * 5 + "\n") * 2, encoding="utf-8")
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    text, heldout = read_training_text(tmp_path, heldout_lines=5)
    assert heldout == [(f"Phrase {number}.", f"Sentence {number}.") for number in range(25, 30)]
    assert [len(block) for block in text.french] == [10, 10, 5]
    assert text.french[0][9] == "Phrase 9." and text.english[0][9] == "Sentence 9."
    assert text.pairs == [("Qui ?", "La CNIL.")]
    assert len(text.prose) == 1


def test_a_heading_that_only_numbers_is_no_question(tmp_path: Path) -> None:
    body = "Un texte assez long pour compter comme un passage, avec deux phrases. En voici la seconde."
    (tmp_path / "law.md").write_text(f"# Article L111-1\n{body}\n## Des droits d'auteur\n{body}\n", encoding="utf-8")
    text, _ = read_training_text(tmp_path)
    assert [heading for heading, _ in text.pairs] == ["Des droits d'auteur"]


def test_sentences_end_where_the_next_begins() -> None:
    assert split_sentences("Il y a 3. exemples. Voici : un ; Deux !\n- Trois") == [
        "Il y a 3. exemples.",
        "Voici : un ;",
        "Deux !",
        "Trois",
    ]


def test_a_cloze_passage_is_the_block_without_the_sentence_that_asks() -> None:
    blocks = [[f"mot{number} suite{number} fin{number} point{number}" for number in range(4)] for _ in range(3)]
    tokenizer = train_tokenizer([" ".join(block) for block in blocks], 2_000)
    prose = Sentences.of(tokenizer, blocks)
    batch = Cloze.of("cloze", prose, prose, keep=0.0).draw(np.random.default_rng(0), 64)
    for row in range(64):
        query = set(batch.queries.ids[batch.queries.offsets[row] : batch.queries.offsets[row + 1]].tolist())
        passage = set(batch.passages.ids[batch.passages.offsets[row] : batch.passages.offsets[row + 1]].tolist())
        assert query and passage
        assert not query & passage


def test_pairs_are_drawn_alike_for_one_seed(text_dir: Path) -> None:
    text, _ = read_training_text(text_dir)
    sources = pair_sources(train_tokenizer(list(SUBJECTS.values()), 2_000), text, seed=0)
    assert [source.name for source in sources] == ["heading", "cloze"]
    for source in sources:
        first, second = (source.draw(np.random.default_rng(7), 16) for _ in range(2))
        assert np.array_equal(first.passages.ids, second.passages.ids)
        assert len(first.queries) == len(first.passages) == len(first.groups) == 16


def test_runs_are_cut_out_and_empty_where_they_end_before_they_begin() -> None:
    runs = take_runs(np.arange(10, dtype=np.int32), np.array([2, 5, 8]), np.array([4, 3, 10]))
    assert isinstance(runs, Bags)
    assert (runs.ids.tolist(), runs.offsets.tolist()) == ([2, 3, 8, 9], [0, 2, 2, 4])


def test_rounding_to_int8_keeps_every_row_within_half_a_step() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 32)).astype(np.float32)
    rows[3] = 0.0
    codes, scales = quantise(rows)
    assert codes.dtype == np.int8
    assert np.all(np.abs(codes * scales[:, None] - rows) <= scales[:, None] / 2 + 1e-6)


def test_the_gradient_of_the_contrast_is_that_of_its_loss() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from ingest.train_fit import contrast

    torch.manual_seed(0)
    vectors = torch.nn.functional.normalize(torch.randn(12, 5, dtype=torch.float64), dim=1)
    groups = torch.tensor([0, 1, 2, 1, 4, 5])
    _, gradient = contrast(vectors, groups, scale=20.0)
    step = torch.randn_like(vectors) * 1e-6
    change = contrast(vectors + step, groups, 20.0)[0] - contrast(vectors - step, groups, 20.0)[0]
    assert change / 2 == pytest.approx(float((gradient * step).sum()), rel=1e-4)


def test_a_right_first_passage_scores_one_and_a_right_second_less(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"id": "a", "title": "", "text": "hébergement des données"}\n{"id": "b", "text": "formation des soignants"}\n',
        encoding="utf-8",
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "text": "hébergement des données"}\n{"id": "2", "text": "formation des soignants"}\n',
        encoding="utf-8",
    )
    (tmp_path / "qrels.tsv").write_text("1\ta\t1\n2\ta\t1\n", encoding="utf-8")
    assert evaluate_set(open_encoder(), tmp_path) == pytest.approx((1 + 1 / np.log2(3)) / 2)


def test_slips_change_long_words_only_and_always_alike_for_one_seed() -> None:
    text = "Quelles sont les obligations du fabricant ?"
    slipped = misspell(text, random.Random(0), share=1.0)
    assert slipped == misspell(text, random.Random(0), share=1.0)
    changed = [before for before, after in zip(text.split(), slipped.split(), strict=True) if before != after]
    assert set(changed) <= {"Quelles", "obligations", "fabricant"}
    assert "obligations" in changed or "fabricant" in changed


def test_a_crop_is_a_run_of_the_text() -> None:
    text = " ".join(f"mot{number}" for number in range(40))
    assert all(crop(text, random.Random(seed)) in text for seed in range(20))
    assert crop("deux mots", random.Random(0)) == "deux mots"
