"""All that decides a trained encoder besides its text: one frozen value, whose defaults are the measured best."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType

SHARES = (
    ("heading", 0.26),
    ("cloze", 0.18),
    ("cloze-fr", 0.13),
    ("translation", 0.28),
    ("cross-en-fr", 0.11),
    ("cloze-en", 0.04),
)
"""How often each kind of pair is drawn from; those that the text does not offer fall away."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train an encoder; what each value brought is in docs/encoder.md.

    `scale` is the inverse temperature of the loss, `warmup` the share of steps with a growing rate, `frequency_weight` the
    a of a / (a + p) by which token vectors are weighted, p a token's share of the text (SIF, Arora et al. 2017; 0: none).
    """

    name: str = "sourcier-static-fr-en"
    dimension: int = 768
    vocabulary: int = 40_000
    steps: int = 1500
    batch: int = 2048
    rate: float = 0.2
    scale: float = 20.0
    warmup: float = 0.1
    seed: int = 0
    frequency_weight: float = 4e-4
    shares: tuple[tuple[str, float], ...] = SHARES

    def values(self) -> dict[str, object]:
        """Return every value by name, the name of the encoder aside."""
        shown = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "name"}
        return shown | {"shares": ", ".join(f"{name} {share}" for name, share in self.shares)}


QUICK = MappingProxyType({"dimension": 64, "vocabulary": 8_000, "steps": 40, "batch": 256})
"""For trying the command: seconds instead of minutes, and an encoder of little use."""
