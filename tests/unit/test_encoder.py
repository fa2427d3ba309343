"""The shipped encoder, as everyone uses it: from text to comparable vectors."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder import (
    BATCH_TEXTS,
    CARD_FILE,
    DEFAULT_ENCODER_DIR,
    LONG_TEXT_TOKENS,
    SINGLE_TEXTS,
    WEIGHTS_FILE,
    Encoder,
    EncoderCard,
    open_encoder,
)
from corpus.errors import EncoderError

TEXTS = [
    "Quand l’état des lieux de l’IA en santé a-t-il été publié ?",
    "The European Health Data Space applies from 2029.",
    "Œuvre, cœur, n° 12\u00a0: « 3\u202f000 € »",
    "x",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


def test_rows_have_unit_length_and_the_dimension_of_the_card(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.card.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "\u00ad"])
def test_a_text_without_a_known_token_gives_a_row_of_zeros(encoder: Encoder, text: str) -> None:
    assert not encoder.encode_questions([text]).any()


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, encoder.card.dimension)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ÉVALUATION des Données", "evaluation des donnees"),
        ("l’hôpital", "l'hopital"),
        ("Cœur", "coeur"),
        ("1\u00a0000\u202fpatients", "1 000 patients"),
        ("ﬁnancement", "financement"),
        ("com\u00adpétences", "competences"),
    ],
)
def test_case_accents_and_typography_change_nothing(encoder: Encoder, written: str, plain: str) -> None:
    first, second = encoder.encode_questions([written, plain])
    assert np.array_equal(first, second)


def test_a_text_has_the_same_vector_alone_and_among_many(encoder: Encoder) -> None:
    many = [f"{text} {number}" for number in range(BATCH_TEXTS) for text in TEXTS]
    assert len(many) > BATCH_TEXTS > SINGLE_TEXTS
    together = encoder.encode_passages(many)
    for place in (0, BATCH_TEXTS - 1, BATCH_TEXTS, len(many) - 1):
        assert np.allclose(together[place], encoder.encode_questions([many[place]])[0], atol=1e-6)


def test_a_question_lies_nearest_to_the_passage_that_answers_it(encoder: Encoder) -> None:
    passages = [
        "Les systèmes d'intelligence artificielle à haut risque font l'objet d'une évaluation de la conformité.",
        "Le patient peut s'opposer à l'ouverture de son espace numérique de santé.",
        "L'hébergeur de données de santé doit être certifié.",
    ]
    questions = [
        "comment évaluer un système d'IA à haut risque",
        "how can a patient object to the opening of a digital health space",
        "qui doit etre certifie pour heberger des donnees de sante",
    ]
    nearest = (encoder.encode_questions(questions) @ encoder.encode_passages(passages).T).argmax(axis=1)
    assert nearest.tolist() == [0, 1, 2]


def test_a_text_said_many_times_over_has_the_vector_of_the_text(encoder: Encoder) -> None:
    once, often = encoder.encode_passages([TEXTS[0], f"{TEXTS[0]} " * (LONG_TEXT_TOKENS // 8)])
    assert np.allclose(once, often, atol=1e-6)


def test_threads_share_one_encoder(encoder: Encoder) -> None:
    wanted = encoder.encode_questions(TEXTS)
    results = list[bool]()

    def ask() -> None:
        results.extend(np.array_equal(encoder.encode_questions(TEXTS), wanted) for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200
    assert all(results)


def test_the_card_survives_json(encoder: Encoder) -> None:
    record = json.loads(json.dumps(encoder.card.to_json()))
    assert EncoderCard.from_json(record | {"added_later": 1}) == encoder.card


def test_a_card_that_lacks_a_value_is_refused_by_name() -> None:
    with pytest.raises(EncoderError, match="revision") as caught:
        EncoderCard.from_json({"name": "x", "dimension": 3})
    assert caught.value.code == "encoder_card_incomplete"


@pytest.mark.slow
def test_sentence_transformers_reads_the_shipped_folder_to_the_same_vectors(encoder: Encoder) -> None:
    library = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    model = library.SentenceTransformer(str(DEFAULT_ENCODER_DIR), device="cpu")
    texts = [*TEXTS, "Article 50, paragraphe 1. " * 300]
    theirs = model.encode(texts, show_progress_bar=False, convert_to_numpy=True)
    assert np.abs(theirs - encoder.encode_passages(texts)).max() < 1e-5


def test_any_other_model_folder_opens_through_sentence_transformers(tmp_path: Path, encoder: Encoder) -> None:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    folder = tmp_path / "another-model"
    shutil.copytree(DEFAULT_ENCODER_DIR, folder)
    (folder / CARD_FILE).unlink()
    other = open_encoder(folder)
    assert (other.card.kind, other.card.name, other.card.dimension) == (
        "sentence-transformers",
        "another-model",
        encoder.card.dimension,
    )
    assert other.card.revision != encoder.card.revision
    assert np.abs(other.encode_passages(TEXTS) - encoder.encode_passages(TEXTS)).max() < 1e-5
    assert other.encode_questions([]).shape == (0, encoder.card.dimension)


def test_a_model_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="no-such-owner/no-such-model") as caught:
        open_encoder("no-such-owner/no-such-model")
    assert caught.value.code == "encoder_unavailable"


@pytest.mark.parametrize("broken", ["tokenizer.json", "model.safetensors", "encoder.json"])
def test_a_damaged_file_is_refused_with_the_folder_named(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(DEFAULT_ENCODER_DIR, folder)
    (folder / broken).write_bytes(b"{}")
    with pytest.raises(EncoderError) as caught:
        open_encoder(folder)
    assert caught.value.code in {"encoder_damaged", "encoder_card_incomplete"}


def test_weights_that_are_not_those_of_the_card_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(DEFAULT_ENCODER_DIR, folder)
    weights = folder / WEIGHTS_FILE
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderError, match="revision"):
        open_encoder(folder)


def test_the_shipped_encoder_imports_no_torch_and_a_fork_after_a_question_warns_of_nothing() -> None:
    script = (
        "import os, sys; from corpus.encoder import open_encoder\n"
        "open_encoder().encode_questions(['bonjour'])\n"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)\n"
        "child = os.fork()\n"
        "open_encoder().encode_questions(['bonsoir'])\n"
        "os._exit(0) if child == 0 else os.waitpid(child, 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""


def test_the_shipped_folder_weighs_at_most_32_megabytes() -> None:
    sizes = [path.stat().st_size for path in DEFAULT_ENCODER_DIR.rglob("*") if path.is_file()]
    assert sum(sizes) <= 32_000_000
