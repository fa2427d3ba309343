"""Pairs enter, one vector per token leaves: in-batch contrast on the mean of token vectors, with torch on the CPU.

The loss is multiple negatives ranking (Henderson et al. 2017, arXiv:1705.00652) in both directions; the step sizes follow
the static recipe of sentence-transformers (Adam, a rate of .2, warm-up, linear decay).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from ingest.train_pairs import Bags, PairSource
from ingest.train_recipe import Recipe

REPORT_STEPS = 50
COUNTED_PASSAGES = 20_000


def fit(
    sources: Sequence[PairSource], vocabulary: int, recipe: Recipe, report: Callable[[str], None]
) -> npt.NDArray[np.float32]:
    """Return float32 (vocabulary, dimension), one row per token id, row 0 (unknown) zero.

    `report` gets a line every 50 steps. The same seed, text and number of threads give the same rows.
    """
    rng = np.random.default_rng(recipe.seed)
    torch.manual_seed(recipe.seed)
    wanted = dict(recipe.shares)
    drawn = [source for source in sources if wanted.get(source.name)]
    shares = np.array([wanted[source.name] for source in drawn])
    weights = _token_weights(drawn, vocabulary, recipe.frequency_weight, rng)
    rows = torch.nn.Parameter(torch.randn(vocabulary, recipe.dimension))
    optimiser = torch.optim.Adam([rows], lr=recipe.rate, fused=True)
    recent = dict[str, float]()
    for step in range(recipe.steps):
        optimiser.param_groups[0]["lr"] = recipe.rate * _pace(step, recipe)
        source = drawn[int(rng.choice(len(drawn), p=shares / shares.sum()))]
        batch = source.draw(rng, min(recipe.batch, len(source)))
        pooled = _pool(rows, weights, joined(batch.queries, batch.passages))
        loss, gradient = contrast(pooled.detach(), torch.from_numpy(batch.groups), recipe.scale)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([pooled], [gradient])
        optimiser.step()
        recent[source.name] = loss
        if (step + 1) % REPORT_STEPS == 0 or step + 1 == recipe.steps:
            report(
                f"step {step + 1}/{recipe.steps}: " + ", ".join(f"{name} {recent[name]:.2f}" for name in sorted(recent))
            )
    with torch.no_grad():
        result = (rows * weights[:, None]).numpy()
    result[0] = 0.0
    return result


def contrast(vectors: torch.Tensor, groups: torch.Tensor, scale: float) -> tuple[float, torch.Tensor]:
    """Return the loss and its gradient by `vectors`: float32 (2n, dimension), n queries, then their n passages.

    Rows have unit length. Mean of both cross-entropies, query to passage and back; rows of the same group are left out of
    each other's negatives. Written by hand: one exponential a pair, three times as fast as the library's two softmaxes.
    """
    n = len(groups)
    queries, passages = vectors[:n], vectors[n:]
    similarities = queries @ passages.T
    right = similarities.diagonal().clone()
    odds = similarities.sub_(1.0).mul_(scale).exp_()
    same = groups[:, None] == groups[None, :]
    same.fill_diagonal_(False)
    odds.masked_fill_(same, 0.0)
    by_query, by_passage = odds.sum(dim=1), odds.sum(dim=0)
    loss = (by_query.log() + by_passage.log()).mean() / 2 - scale * (right - 1.0).mean()
    pull = odds.mul_(1.0 / by_query[:, None] + 1.0 / by_passage[None, :])
    pull.diagonal().sub_(2.0)
    pull.mul_(scale / (2 * n))
    return float(loss), torch.cat([pull @ passages, pull.T @ queries])


def joined(first: Bags, second: Bags) -> Bags:
    """Return the bags of `first`, then those of `second`."""
    offsets = np.concatenate([first.offsets, first.offsets[-1] + second.offsets[1:]])
    return Bags(np.concatenate([first.ids, second.ids]), offsets)


def _pace(step: int, recipe: Recipe) -> float:
    """Return the share of the full rate: linear growth while warming up, then linear decay to zero."""
    warm = max(1, int(recipe.warmup * recipe.steps))
    return min((step + 1) / warm, (recipe.steps - step) / max(1, recipe.steps - warm))


def _token_weights(sources: Sequence[PairSource], vocabulary: int, a: float, rng: np.random.Generator) -> torch.Tensor:
    """Return float32 (vocabulary,): 1, or a / (a + p) with p counted on some passages of each source."""
    if not a:
        return torch.ones(vocabulary)
    counts = np.zeros(vocabulary)
    for source in sources:
        counts += np.bincount(source.draw(rng, COUNTED_PASSAGES).passages.ids, minlength=vocabulary)
    return torch.from_numpy((a / (a + counts / counts.sum())).astype(np.float32))


def _pool(rows: torch.Tensor, weights: torch.Tensor, bags: Bags) -> torch.Tensor:
    """Return float32 (n, dimension), rows of unit length: the direction of the weighted sum of token vectors."""
    ids = torch.from_numpy(bags.ids)
    offsets = torch.from_numpy(bags.offsets[:-1].astype(np.int32))
    return functional.normalize(
        functional.embedding_bag(ids, rows, offsets, mode="sum", per_sample_weights=weights[ids]), dim=1
    )
