"""Texts enter, unit vectors leave: the shipped static encoder read with tokenizers and numpy, any other through torch.

A static encoder is a table of token vectors; the vector of a text is the direction of their mean. Its folder is
sentence-transformers' own layout (`StaticEmbedding`, then `Normalize`), with `encoder.json` beside it: the card.
`sentence_transformers` costs seconds and hundreds of megabytes to import, so only other models import it, lazily.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from corpus.errors import EncoderError
from corpus.tensors import map_tensors

Vectors = npt.NDArray[np.float32]
Kind = Literal["static", "sentence-transformers"]

DEFAULT_ENCODER_DIR = Path(__file__).parent / "encoders" / "sourcier-static-fr-en"
CARD_FILE = "encoder.json"
WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"

BATCH_TEXTS = 256
LONG_TEXT_TOKENS = 2048
SINGLE_TEXTS = 8
"""Up to here texts are tokenised one by one: the tokenizer then starts no threads, and a later fork is safe."""
REVISION_HEX_CHARS = 16
E5_PREFIXES = ("query: ", "passage: ")  # what the E5 family was trained with; its folders seldom say so


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What makes vectors comparable: two encoders with equal cards give equal vectors.

    `revision` is the start of a SHA-256 over weights and tokenizer. `max_tokens` is how much of a text is read, 0 for all.
    """

    name: str
    revision: str
    dimension: int
    query_prefix: str
    passage_prefix: str
    max_tokens: int
    kind: Kind
    normalised: bool

    def to_json(self) -> dict[str, Any]:
        """Return the card as a dict of JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Return the card of a dict that `to_json` made; unknown keys are ignored.

        Raises: EncoderError `encoder_card_incomplete` naming the missing keys.
        """
        names = [field.name for field in fields(cls)]
        missing = [name for name in names if name not in record]
        if missing:
            raise EncoderError(
                "encoder_card_incomplete",
                f"The encoder card lacks {', '.join(missing)}.",
                "Train or export the encoder again, or rebuild the bundle.",
            )
        return cls(**{name: record[name] for name in names})


class Encoder(Protocol):
    """Turns texts into comparable vectors; safe to share between threads."""

    @property
    def card(self) -> EncoderCard:
        """What these vectors can be compared with."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), rows of unit length; zeros for a text without a known token."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), as `encode_passages` does, made for comparing with passages."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether the encoder has one token for the whole text, as it has for the common words of its languages."""
        ...


def open_encoder(where: str | Path | None = None) -> Encoder:
    """Return the shipped encoder (None), that of a folder, or the model of a hub name (through sentence-transformers).

    Raises: EncoderError `encoder_missing`, `encoder_damaged`, `encoder_needs_extra` or `encoder_unavailable`.
    """
    folder = DEFAULT_ENCODER_DIR if where is None else Path(where)
    if (folder / CARD_FILE).is_file():
        return StaticEncoder.open(folder)
    if where is None:
        raise EncoderError(
            "encoder_missing",
            f"The shipped encoder is not in {folder}.",
            "Install Sourcier again, or make one with `python -m ingest train-encoder`.",
        )
    return SentenceTransformersEncoder.open(str(where))


class StaticEncoder:
    """A table of int8 token vectors, one scale a row, read with numpy: no torch, no network, no state."""

    def __init__(
        self, card: EncoderCard, tokenizer: Tokenizer, rows: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]
    ) -> None:
        """Take `rows` int8 (vocabulary, dimension) and `scales` float32 (vocabulary,); token vector = scale * row."""
        self.card = card
        self._tokenizer = tokenizer
        self._rows = rows
        self._scales = scales

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder made by `python -m ingest train-encoder`; the weights stay on disk, mapped into memory.

        Raises: EncoderError `encoder_damaged` when a file is missing, unreadable or disagrees with the card.
        """
        try:
            card = EncoderCard.from_json(json.loads((folder / CARD_FILE).read_text(encoding="utf-8")))
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            tensors = map_tensors(folder / WEIGHTS_FILE)
            rows, scales = tensors["embeddings"], tensors["weights"]
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(folder, f"{type(error).__name__}: {error}") from error
        except EncoderError:
            raise
        except Exception as error:  # the tokenizer's reader raises bare Exception
            raise _damaged(folder, f"its tokenizer cannot be read: {error}") from error
        if rows.shape != (tokenizer.get_vocab_size(), card.dimension) or scales.shape != rows.shape[:1]:
            raise _damaged(folder, f"weights {rows.shape} for {tokenizer.get_vocab_size()} tokens of {card.dimension}")
        if (found := folder_revision(folder)) != card.revision:
            raise _damaged(folder, f"the card names revision {card.revision}, the files are {found}")
        return cls(card, tokenizer, rows, scales)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), rows of unit length; zeros for a text without a known token."""
        return self._encode(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), as `encode_passages`: questions and passages are read alike."""
        return self._encode(texts)

    def is_word(self, text: str) -> bool:
        """Whether the folded text is one entry of the vocabulary; a rare or mistyped word is made of several."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids) == 1

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.card.dimension), dtype=np.float32)
        for place, ids in enumerate(self._token_ids(texts)):
            if len(ids) > LONG_TEXT_TOKENS:  # each token once: a text of megabytes must not take gigabytes
                tokens, counts = np.unique(ids, return_counts=True)
                vectors[place] = _weighted_sum(self._scales[tokens] * counts.astype(np.float32), self._rows[tokens])
            elif ids:
                vectors[place] = _weighted_sum(self._scales[ids], self._rows[ids])
        lengths = np.sqrt(np.add.reduce(np.square(vectors.T), axis=0))[:, np.newaxis]
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def _token_ids(self, texts: Sequence[str]) -> Iterator[list[int]]:
        if len(texts) <= SINGLE_TEXTS:
            yield from (self._tokenizer.encode(text, add_special_tokens=False).ids for text in texts)
            return
        for start in range(0, len(texts), BATCH_TEXTS):
            batch = list(texts[start : start + BATCH_TEXTS])
            for encoding in self._tokenizer.encode_batch_fast(batch, add_special_tokens=False):
                yield encoding.ids


def _weighted_sum(weights: npt.NDArray[np.float32], rows: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """The sum of float32 weights (n,) times int8 rows (n, dimension): float32 (dimension,); row after row, because a product of
    matrices adds in another order on another processor, and the last bits of a vector are part of a bundle's id.
    """
    total: npt.NDArray[np.float32] = np.add.reduce(rows.astype(np.float32) * weights[:, np.newaxis], axis=0)
    return total


class SentenceTransformersEncoder:
    """Any model that sentence-transformers loads, from a folder or by its hub name."""

    def __init__(self, model: Any, card: EncoderCard) -> None:
        self.card = card
        self._model = model

    @classmethod
    def open(cls, where: str) -> Self:
        """Load the model, from the local cache where the hub cannot be reached.

        Raises: EncoderError `encoder_needs_extra` without sentence-transformers, `encoder_unavailable` without the model.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                "encoder_needs_extra",
                f"The encoder {where} needs sentence-transformers, which is not installed.",
                "Install it with `pip install sentence-transformers`, or unset SOURCIER_ENCODER.",
            ) from error
        try:
            model = SentenceTransformer(where, device="cpu")
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            raise EncoderError(
                "encoder_unavailable",
                f"The encoder {where} is neither a model folder here nor to be had from the hub ({type(error).__name__}).",
                "Check the name or the connection, give the path of a model folder, or unset SOURCIER_ENCODER.",
            ) from error
        return cls(model, _card_of(model, where))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), rows of unit length, with the card's passage prefix before each."""
        return self._encode(texts, self.card.passage_prefix)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (len(texts), dimension), rows of unit length, with the card's question prefix before each."""
        return self._encode(texts, self.card.query_prefix)

    def is_word(self, text: str) -> bool:
        """Whether the model's tokenizer keeps the text whole."""
        return len(self._model.tokenizer.tokenize(text)) == 1

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.card.dimension), dtype=np.float32)
        vectors = self._model.encode(
            [prefix + text for text in texts],
            prompt="",
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def folder_revision(folder: Path) -> str:
    """Return the revision of an encoder folder: the start of the SHA-256 of its weights, then its tokenizer."""
    digest = hashlib.sha256()
    for name in (WEIGHTS_FILE, TOKENIZER_FILE):
        with (folder / name).open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:REVISION_HEX_CHARS]


def _card_of(model: Any, where: str) -> EncoderCard:
    prompts = {name: prompt for name, prompt in (model.prompts or {}).items() if prompt}
    prefixes = prompts.get("query", ""), prompts.get("document", prompts.get("passage", ""))
    name = Path(where).name if Path(where).is_dir() else where
    if not any(prefixes) and "e5-" in name.lower():
        prefixes = E5_PREFIXES
    limit = model.max_seq_length
    return EncoderCard(
        name=name,
        revision=_model_revision(model),
        dimension=int(model.get_embedding_dimension()),
        query_prefix=prefixes[0],
        passage_prefix=prefixes[1],
        max_tokens=int(limit) if limit is not None and np.isfinite(limit) else 0,
        kind="sentence-transformers",
        normalised=True,
    )


def _model_revision(model: Any) -> str:
    """Return the start of a SHA-256 over the names and values of the weights, and over the tokenizer where it has one."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).numpy().tobytes())
    backend = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    if isinstance(backend, Tokenizer):
        digest.update(backend.to_str().encode())
    return digest.hexdigest()[:REVISION_HEX_CHARS]


def _damaged(folder: Path, reason: str) -> EncoderError:
    return EncoderError(
        "encoder_damaged",
        f"The encoder in {folder} cannot be used: {reason}.",
        "Get the folder again, or make one with `python -m ingest train-encoder`.",
    )
