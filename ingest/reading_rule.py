"""The name of the readers, as they are here: two builds with the same name read the same file alike.

It is a digest of the reading code, of the libraries' versions and of tesseract's, so nobody has to remember to raise a
number; a document that was read by the same rule and has the same bytes is not read again.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from ingest import recognise

LIBRARIES = ("pypdf", "pypdfium2", "lxml", "markdown-it-py", "charset-normalizer", "langchain-text-splitters")
OTHERS = (
    "clean*",
    "structure*",
    "read*",
    "split",
    "sentences",
    "decode",
    "media_type",
    "manuscript",
    "glossary",
    "recognise",
)
NOT_READING = ("reading_room", "reading_rule", "reading_process")


def reading_rule() -> str:
    """Sixteen hexadecimal digits."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted({path for pattern in OTHERS for path in folder.glob(f"{pattern}.py")}):
        if path.stem not in NOT_READING:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    digest.update(recognise.version().encode())
    return digest.hexdigest()[:16]
