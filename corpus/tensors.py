"""A file of safetensors in, its tensors out as read-only maps of memory: numpy alone, no torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def map_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the tensors of a safetensors file by name, mapped read-only: workers share one copy of the pages."""
    kinds = {"I8": np.int8, "F32": np.float32}
    with path.open("rb") as stream:
        header_bytes = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(header_bytes))
    header.pop("__metadata__", None)
    return {
        name: np.asarray(  # the same memory; numpy's own class for it costs microseconds at each look
            np.memmap(
                path, kinds[entry["dtype"]], "r", 8 + header_bytes + entry["data_offsets"][0], tuple(entry["shape"])
            )
        )
        for name, entry in header.items()
    }
