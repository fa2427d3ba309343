"""The card of a bundle: what was indexed, how, and the checksum of every file. Written last, read first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from corpus.encoder import EncoderCard
from corpus.errors import BundleError, EncoderError

FORMAT_VERSION = 2
CARD_NAME = "card.json"
COUNTED = ("documents", "pages", "passages", "sentences")
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSeal:
    """Size and SHA-256 (hexadecimal) of one file of a bundle."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleCard:
    """`id` is derived from what the bundle holds, so the same inputs give the same id; `built_at` is RFC 3339, UTC.

    `reading_rule` names the readers: a later build by the same ones need not read an unchanged document again.
    """

    id: str
    built_at: str
    encoder: EncoderCard
    split_rule: str
    analysis_rule: str
    counts: Mapping[str, int]
    files: Mapping[str, FileSeal]
    format_version: int = FORMAT_VERSION
    reading_rule: str = ""

    def to_json(self) -> dict[str, Any]:
        """The card as it is written."""
        return {
            "format_version": self.format_version,
            "id": self.id,
            "built_at": self.built_at,
            "encoder": self.encoder.to_json(),
            "split_rule": self.split_rule,
            "analysis_rule": self.analysis_rule,
            "reading_rule": self.reading_rule,
            "counts": dict(self.counts),
            "files": {name: {"size_bytes": s.size_bytes, "sha256": s.sha256} for name, s in self.files.items()},
        }


def read_card(folder: Path) -> BundleCard:
    """The card of the bundle in `folder`.

    Raises: `bundle_missing` where there is no card, `bundle_format` for another format version, `bundle_corrupt` where
    the card cannot be read.
    """
    path = folder / CARD_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as gone:
        raise BundleError("bundle_missing", f"no bundle in {folder}", "Run: python -m ingest build") from gone
    except (OSError, ValueError) as bad:
        raise BundleError("bundle_corrupt", f"{path} cannot be read: {bad}", "Run: python -m ingest build") from bad
    found = raw.get("format_version") if isinstance(raw, dict) else None
    if found != FORMAT_VERSION:
        raise BundleError(
            "bundle_format",
            f"{folder} has format version {found}; this program reads version {FORMAT_VERSION}.",
            "Run: python -m ingest build",
        )
    try:
        _check_names(raw["files"])
        return BundleCard(
            id=str(raw["id"]),
            built_at=str(raw["built_at"]),
            encoder=EncoderCard.from_json(raw["encoder"]),
            split_rule=str(raw["split_rule"]),
            analysis_rule=str(raw["analysis_rule"]),
            reading_rule=str(raw["reading_rule"]),
            counts={name: int(raw["counts"][name]) for name in COUNTED},
            files={str(k): FileSeal(int(v["size_bytes"]), str(v["sha256"])) for k, v in raw["files"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, EncoderError) as bad:
        raise BundleError("bundle_corrupt", f"{path} lacks or garbles {bad}", "Run: python -m ingest build") from bad


def _check_names(names: Iterable[str]) -> None:
    """Refuse a name that leaves the bundle's folder: a card may come from another machine."""
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name or not path.parts:
            raise ValueError(f"the file name {name!r}, which is not below the bundle's folder")


def write_card(folder: Path, card: BundleCard) -> None:
    """Write the card; a folder without it is no bundle."""
    text = json.dumps(card.to_json(), ensure_ascii=False, indent=1)
    (folder / CARD_NAME).write_text(text + "\n", encoding="utf-8")


def seal_file(path: Path) -> FileSeal:
    """Size and digest of a file, read in blocks of one mebibyte."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return FileSeal(path.stat().st_size, digest.hexdigest())


def seal_files(folder: Path, names: Sequence[str]) -> dict[str, FileSeal]:
    """The seals of several files, two read at a time: digests are computed outside the interpreter's lock."""
    with ThreadPoolExecutor(2) as threads:
        return dict(zip(names, threads.map(lambda name: seal_file(folder / name), names), strict=True))


def check_seals(folder: Path, card: BundleCard) -> None:
    """Compare every file with its seal, sizes first.

    Raises: `bundle_corrupt`, which names the first file that is missing, truncated or altered.
    """
    hint = "Run: python -m ingest build"
    for name, seal in card.files.items():
        path = folder / name
        if not path.is_file():
            raise BundleError("bundle_corrupt", f"bundle {card.id}: {name} is missing", hint)
        if path.stat().st_size != seal.size_bytes:
            raise BundleError(
                "bundle_corrupt",
                f"bundle {card.id}: {name} has {path.stat().st_size} bytes, {seal.size_bytes} expected",
                hint,
            )
    found = seal_files(folder, list(card.files))
    for name, seal in card.files.items():
        if found[name].sha256 != seal.sha256:
            raise BundleError("bundle_corrupt", f"bundle {card.id}: the content of {name} was altered", hint)
