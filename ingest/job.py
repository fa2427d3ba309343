"""One document to index: what is known of it before it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.bundle import source_to_json
from corpus.document import Source
from corpus.errors import KnownError


@dataclass(frozen=True, slots=True)
class Job:
    """What the catalogue says of a document, its file, and whether its own metadata may complete that.

    `sidecar` is what a `name.toml` beside the file says, which wins over the document's own metadata; `refusal` is why the
    document cannot be taken (a sidecar that cannot be used).
    """

    source: Source
    path: Path
    from_catalogue: bool = True
    sidecar: Mapping[str, Any] = field(default_factory=dict)
    refusal: KnownError | None = None

    @property
    def name(self) -> str:
        """The file as reports name it."""
        return self.source.file or self.path.name

    @property
    def declared_sha256(self) -> str:
        """A digest that changes when what is said of the document from outside does."""
        said = [source_to_json(self.source), self.from_catalogue, {key: str(one) for key, one in self.sidecar.items()}]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8", "surrogateescape")).hexdigest()
