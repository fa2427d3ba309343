"""A tokenizer and token vectors enter, an encoder folder leaves, which sentence-transformers and `corpus.encoder` read.

Rows are stored as int8 with one float32 scale each: `embeddings` and `weights`, names under which sentence-transformers'
own `StaticEmbedding` finds and multiplies them, so that no code of ours is needed to load the folder there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from corpus.encoder import CARD_FILE, TOKENIZER_FILE, WEIGHTS_FILE, EncoderCard, StaticEncoder, folder_revision

MODULES = [
    ("0", "", "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"),
    ("1", "1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
]
INT8_TOP = 127


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What README.md in the folder tells: the recipe by name of its values, how many pairs of each kind, and `about`."""

    name: str
    recipe: Mapping[str, object]
    pairs: Mapping[str, int]
    about: Path | None = None


def save_encoder(
    out: Path, tokenizer: Tokenizer, rows: npt.NDArray[np.float32], card: ModelCard, scores: Mapping[str, float]
) -> StaticEncoder:
    """Write the folder `out` (created; files of the same names replaced) and return the encoder opened from it.

    `rows` is float32 (vocabulary, dimension), one vector per token id.
    """
    (out / "1_Normalize").mkdir(parents=True, exist_ok=True)
    embeddings, weights = quantise(rows)
    save_file({"embeddings": embeddings, "weights": weights}, out / WEIGHTS_FILE)
    tokenizer.save(str(out / TOKENIZER_FILE), pretty=False)
    _write_json(
        out / "modules.json",
        [{"idx": place, "name": name, "path": path, "type": kind} for place, (name, path, kind) in enumerate(MODULES)],
    )
    _write_json(out / "1_Normalize" / "config.json", {})
    _write_json(out / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})
    encoder_card = EncoderCard(
        name=card.name,
        revision=folder_revision(out),
        dimension=rows.shape[1],
        query_prefix="",
        passage_prefix="",
        max_tokens=0,
        kind="static",
        normalised=True,
    )
    _write_json(out / CARD_FILE, encoder_card.to_json())
    (out / "README.md").write_text(_readme(card, encoder_card, scores), encoding="utf-8")
    return StaticEncoder.open(out)


def quantise(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return int8 rows of the same shape and float32 scales (n,), such that scale * row is the given row, rounded."""
    scales = np.abs(rows).max(axis=1) / INT8_TOP
    divisors = np.where(scales > 0, scales, 1.0)
    return np.rint(rows / divisors[:, None]).astype(np.int8), scales.astype(np.float32)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _readme(card: ModelCard, encoder: EncoderCard, scores: Mapping[str, float]) -> str:
    """Return the model card: front matter, what it is, `about`, recipe, pairs, scores."""
    about = card.about.read_text(encoding="utf-8").strip() if card.about else "Trained on text of the user's own."
    return "\n".join(
        [
            "---",
            "library_name: sentence-transformers",
            "pipeline_tag: sentence-similarity",
            "---",
            "",
            f"# {card.name}",
            "",
            f"A static sentence encoder: {encoder.dimension} dimensions, revision {encoder.revision}. The vector of a text is the",
            "direction of the mean of its token vectors; it is read on a CPU, thousands of passages a second.",
            "",
            about,
            "",
            "## Recipe",
            "",
            *_table("value", card.recipe),
            "",
            "## Pairs to draw from",
            "",
            *_table("pairs", card.pairs),
            "",
            *(_scores(scores) if scores else []),
            "## Reading it",
            "",
            "`corpus.encoder.open_encoder(folder)` needs tokenizers and numpy alone; `SentenceTransformer(folder)` gives the same.",
            "",
        ]
    )


def _scores(scores: Mapping[str, float]) -> list[str]:
    rows = {name: f"{score:.3f}" for name, score in scores.items()}
    told = "nDCG@10 over title and text by cosine alone, except where named; piaf on its odd half. None was trained on."
    return ["## Scores", "", told, "", *_table("score", rows), ""]


def _table(heading: str, values: Mapping[str, object]) -> list[str]:
    return [f"| | {heading} |", "|---|---|", *(f"| {name} | {value} |" for name, value in values.items())]
