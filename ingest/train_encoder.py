"""A folder of text enters, an encoder folder leaves: the recipe behind the shipped encoder, for one's own text too.

`python -m ingest train-encoder --text DIR --out DIR` reads the text (train_text), learns a tokenizer (train_tokenizer)
and pairs (train_pairs), fits one vector a token (train_fit) and writes the folder (train_save). CPU only, minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.encoder import StaticEncoder
from corpus.errors import EncoderError
from ingest.train_eval import evaluate_folder, translation_accuracy
from ingest.train_pairs import PairSource, pair_sources
from ingest.train_recipe import QUICK, Recipe
from ingest.train_save import ModelCard, save_encoder
from ingest.train_text import TrainingText, read_training_text
from ingest.train_tokenizer import train_tokenizer

Rows = npt.NDArray[np.float32]

HELDOUT_TRANSLATIONS = 2000
TRANSLATION_SCORE = "English to French, accuracy@1 among held-out translations"
TOKENIZER_EVERY = 3
"""Every third block of translated text is enough to learn a vocabulary from."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `train-encoder`."""
    recipe = Recipe()
    parser.add_argument(
        "--text", type=Path, required=True, help="folder of .md, .txt, .jsonl (q, p), .tsv (fr, en); also .xz"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write the encoder to; must be new or empty")
    parser.add_argument("--name", default=None, help="name on the card (default: the name of --out)")
    parser.add_argument("--dimension", type=int, default=None, help=f"width of a vector (default {recipe.dimension})")
    parser.add_argument("--vocabulary", type=int, default=None, help=f"most tokens (default {recipe.vocabulary})")
    parser.add_argument("--steps", type=int, default=None, help=f"batches to learn from (default {recipe.steps})")
    parser.add_argument("--seed", type=int, default=recipe.seed, help="seed of every random choice (default 0)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads to use (default 2)")
    parser.add_argument("--quick", action="store_true", help="a small encoder in seconds, to try the command")
    parser.add_argument("--eval", type=Path, default=None, help="folder of question sets to score, for the model card")
    parser.add_argument("--about", type=Path, default=None, help="Markdown for the model card: data, licences, limits")


def run(args: argparse.Namespace) -> int:
    """Train, save and score an encoder as the options say; return the exit status. Raises: EncoderError as `train`."""
    train(recipe_of(args), args.text, args.out, threads=args.threads, eval_dir=args.eval, about=args.about)
    return 0


def recipe_of(args: argparse.Namespace) -> Recipe:
    """Return the recipe that the options ask for; what they leave open keeps its measured best."""
    changes = dict[str, object](QUICK) if args.quick else {}
    for name in ("dimension", "vocabulary", "steps"):
        if getattr(args, name) is not None:
            changes[name] = getattr(args, name)
    return replace(Recipe(), name=args.name or args.out.resolve().name, seed=args.seed, **changes)  # type: ignore[arg-type]


def train(
    recipe: Recipe,
    text_dir: Path,
    out: Path,
    *,
    threads: int = 2,
    eval_dir: Path | None = None,
    about: Path | None = None,
) -> StaticEncoder:
    """Return the encoder learned from `text_dir`, opened from `out`, where it was written with its model card.

    Raises: EncoderError `output_not_empty`, `no_training_text`, `training_needs_torch`.
    """
    if out.exists() and any(out.iterdir()):
        raise EncoderError("output_not_empty", f"{out} is not empty.", "Give the path of a new folder.")
    began_s = time.monotonic()
    text, heldout = read_training_text(text_dir, HELDOUT_TRANSLATIONS)
    _say(f"read {len(text.pairs)} pairs, {len(text.prose)} blocks, {len(text.french)} blocks of translations")
    tokenizer = train_tokenizer(_tokenizer_text(text), recipe.vocabulary)
    sources = pair_sources(tokenizer, text, recipe.seed)
    _say(
        f"{tokenizer.get_vocab_size()} tokens; pairs: "
        + ", ".join(f"{source.name} {len(source)}" for source in sources)
    )
    rows = _fit_with_torch(recipe, sources, tokenizer.get_vocab_size(), threads)
    card = ModelCard(recipe.name, recipe.values(), {source.name: len(source) for source in sources}, about)
    encoder = save_encoder(out, tokenizer, rows, card, scores={})
    scores = evaluate_folder(encoder, eval_dir) if eval_dir else {}
    if heldout:
        scores[TRANSLATION_SCORE] = translation_accuracy(encoder, heldout)
    for name, score in scores.items():
        _say(f"{name} {score:.3f}")
    encoder = save_encoder(out, tokenizer, rows, card, scores)
    _say(f"wrote {out}, revision {encoder.card.revision}, in {time.monotonic() - began_s:.0f} s")
    return encoder


def _fit_with_torch(recipe: Recipe, sources: list[PairSource], vocabulary: int, threads: int) -> Rows:
    try:
        import torch

        from ingest.train_fit import fit
    except ImportError as error:
        raise EncoderError(
            "training_needs_torch", "Training an encoder needs torch, which is not installed.", "Run `make run` first."
        ) from error
    torch.set_num_threads(threads)
    return fit(sources, vocabulary, recipe, _say)


def _tokenizer_text(text: TrainingText) -> list[str]:
    blocks = [*text.prose, *text.french[::TOKENIZER_EVERY], *text.english[1::TOKENIZER_EVERY]]
    return [*(" ".join(block) for block in blocks), *(heading for heading, _ in text.pairs)]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
