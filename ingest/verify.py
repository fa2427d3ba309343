"""A bundle and its encoder in, nothing or a refusal out: checksums, counts, spans, and passages that find themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder
from corpus.errors import BundleError
from corpus.index import Rows
from corpus.passage import text_digest

SAMPLE = 64
SEARCHED_AMONG_MANY = 16
"""Of the sample, where each search looks at very many passages."""
MANY = 20_000
_HINT = "Run: python -m ingest build"


def verify_bundle(folder: Path, encoder: Encoder | None = None, *, check_files: bool = True) -> Bundle:
    """The bundle, opened, after every check; with an encoder, also that sampled passages are found by their own vector.

    Without `check_files` checksums are left out: for who has just read the files to compute them.

    Raises: `bundle_missing`, `bundle_format`, `bundle_corrupt`, `encoder_mismatch`.
    """
    bundle = open_bundle(folder, check=check_files)
    _check_counts(bundle)
    last = len(bundle) - 1
    sample: Rows = np.unique(np.linspace(0, last, SAMPLE).astype(np.int64)) if last >= 0 else np.empty(0, np.int64)
    for row in sample:
        _check_passage(bundle, int(row))
    if encoder is not None:
        _check_vectors(bundle, encoder, sample)
    return bundle


def _check_counts(bundle: Bundle) -> None:
    found = {
        "documents": len(bundle.documents),
        "pages": len(bundle.pages),
        "passages": len(bundle.passages),
        "sentences": len(bundle.sentences),
    }
    for name, count in found.items():
        if bundle.card.counts.get(name) != count:
            raise _corrupt(bundle, f"{count} {name}, the card says {bundle.card.counts.get(name)}")
    if bundle.lexicon.n_passages != len(bundle.passages):
        raise _corrupt(bundle, "the lexical data are of another number of passages")


def _check_passage(bundle: Bundle, row: int) -> None:
    passage = bundle.passage_at(row)
    page = bundle.page(passage.document_id, passage.locator.page_index)
    spot = passage.locator
    if page is None or page.text[spot.start : spot.end] != passage.text:
        raise _corrupt(bundle, f"passage {passage.id} is not in its page")
    if text_digest(passage.text) not in passage.id:
        raise _corrupt(bundle, f"passage {passage.id} has another text than its id says")


def _check_vectors(bundle: Bundle, encoder: Encoder, sample: Rows) -> None:
    card = bundle.card.encoder
    if encoder.card != card:
        raise BundleError(
            "encoder_mismatch",
            f"bundle {bundle.card.id} was made with the encoder {card.name} ({card.revision}),"
            f" not {encoder.card.name} ({encoder.card.revision})",
            _HINT,
        )
    if len(bundle) >= MANY:
        sample = sample[:: SAMPLE // SEARCHED_AMONG_MANY]
    vectors = bundle.vectors.vectors_of(sample)
    norms = np.linalg.norm(vectors, axis=1)
    known = norms > 1e-6  # a passage without any known token cannot be found by its vector
    best = bundle.vectors.best_scores(vectors[known])
    lost = (np.abs(norms[known] - 1) > 1e-3) | (best < norms[known] ** 2 - 1e-3)
    for row in sample[known][lost].tolist():
        raise _corrupt(bundle, f"the vector of passage {bundle.passage_at(row).id} does not find it")


def _corrupt(bundle: Bundle, what: str) -> BundleError:
    return BundleError("bundle_corrupt", f"bundle {bundle.card.id}: {what}", _HINT)
