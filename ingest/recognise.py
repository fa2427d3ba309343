"""Images of pages in, their text out, by tesseract where it is installed; French and English."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROGRAM = "tesseract"
LANGUAGES = ("fra", "eng")
_ASK_S = 20


def version() -> str:
    """What changes when the program is installed, replaced or removed; "" where it is not there."""
    program = shutil.which(PROGRAM)
    if program is None:
        return ""
    state = Path(program).resolve().stat()
    return f"{program} {state.st_size} {state.st_mtime_ns}"


@lru_cache(maxsize=1)
def languages() -> str:
    """The languages to ask tesseract for ("fra+eng"), or "" where it cannot be used; asked once a process."""
    program = shutil.which(PROGRAM)
    if program is None:
        return ""
    command = [program, "--list-langs"]
    try:
        known = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
    return "+".join(language for language in LANGUAGES if language in known.split())


@dataclass(frozen=True, slots=True)
class Recognised:
    """A paragraph, a line feed at each line end, and how sure tesseract is of its words: 0 to 100."""

    text: str
    confidence: float


def paragraphs_of(image: bytes, timeout_s: float) -> list[Recognised]:
    """The paragraphs of one image (PNG or PNM), in reading order.

    Raises: OSError, subprocess.SubprocessError where tesseract fails or takes longer than `timeout_s`.
    """
    command = [PROGRAM, "stdin", "stdout", "-l", languages(), "--psm", "3", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(  # noqa: S603 - a fixed command, the image on stdin
        command, input=image, capture_output=True, timeout=timeout_s, check=True, env=environment
    )
    found: dict[tuple[str, ...], dict[str, list[tuple[str, float]]]] = {}
    for row in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():  # a word
            found.setdefault(tuple(cells[1:4]), {}).setdefault(cells[4], []).append((cells[11], float(cells[10])))
    return [_paragraph(list(lines.values())) for lines in found.values()]


def _paragraph(lines: list[list[tuple[str, float]]]) -> Recognised:
    sure = [confidence for line in lines for _, confidence in line]
    text = "\n".join(" ".join(word for word, _ in line) for line in lines)
    return Recognised(text, sum(sure) / len(sure))
