"""The catalogue's official documents, from their publishers to the folder `fetched` beside it: whole files or nothing."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.catalogue import Catalogue
from corpus.document import Source
from corpus.errors import CatalogueError, KnownError
from ingest.jobs import FETCHED
from ingest.media_type import ENDINGS, media_type_of

USER_AGENT = "Sourcier/0.1 (indexes documents for question answering)"
TIMEOUT_S = 20.0
MAX_BYTES = 64 << 20
UNREACHABLE_IN_A_ROW = 3
_BLOCK_BYTES = 1 << 16


@dataclass(slots=True)
class FetchReport:
    """Ids fetched, and ids that failed with the reason."""

    fetched: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def fetch_catalogue(
    catalogue: Catalogue, only: Iterable[str] | None = None, *, tell: Callable[[str], None]
) -> FetchReport:
    """Fetch every source that has a URL and no file of its own; `only` limits that to some ids.

    Where the first few addresses cannot be reached at all, the rest is not tried: there is no internet here.

    Raises: `catalogue_invalid` for an id of `only` that the catalogue does not have.
    """
    wanted = _wanted(catalogue, only)
    report = FetchReport()
    unreachable = 0
    for number, source in enumerate(wanted, 1):
        try:
            path = _fetch_one(source, catalogue.folder / FETCHED)
        except (OSError, ValueError, http.client.HTTPException, KnownError) as fault:
            reason = _reason(fault)
            report.failed[source.id] = reason
            tell(f"[{number}/{len(wanted)}] {source.id}: FAILED {reason} ({source.url})")
            unreachable += isinstance(fault, urllib.error.URLError) and not isinstance(fault, urllib.error.HTTPError)
            if unreachable >= UNREACHABLE_IN_A_ROW and not report.fetched:
                tell(
                    "No internet access from here: the official documents stay out, the starter corpus is complete without them."
                )
                break
        else:
            report.fetched.append(source.id)
            tell(f"[{number}/{len(wanted)}] {source.id}: {path.stat().st_size} bytes")
    return report


def _wanted(catalogue: Catalogue, only: Iterable[str] | None) -> list[Source]:
    by_id = {source.id: source for source in catalogue.sources}
    for identifier in only or ():
        if identifier not in by_id or not by_id[identifier].url:
            raise CatalogueError("catalogue_invalid", f"no source {identifier!r} with a URL in the catalogue", "")
    chosen = [by_id[i] for i in only] if only else catalogue.sources
    return [source for source in chosen if source.url and not source.file]


def _reason(fault: Exception) -> str:
    if isinstance(fault, urllib.error.HTTPError):
        return f"HTTP {fault.code} {fault.reason}"
    return str(getattr(fault, "reason", fault)) or type(fault).__name__


def _fetch_one(source: Source, folder: Path) -> Path:
    """Download to a file aside, check that a reader knows it, then put it in place."""
    if source.url is None or not source.url.startswith("https://"):
        raise ValueError("only https addresses are fetched")
    request = urllib.request.Request(source.url, headers={"User-Agent": USER_AGENT})  # noqa: S310 - https only
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{source.id}.part"
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer, aside.open("wb") as stream:  # noqa: S310
            received = 0
            while block := answer.read(_BLOCK_BYTES):
                received += len(block)
                if received > MAX_BYTES:
                    raise ValueError(f"more than {MAX_BYTES >> 20} MiB")
                stream.write(block)
            promised = answer.headers.get("Content-Length")
            if promised is not None and received != int(promised):
                raise ValueError(f"{received} bytes came, {promised} were announced")
        media_type = media_type_of(aside)
        ending = next(ending for ending, kind in ENDINGS.items() if kind == media_type)
        return aside.replace(folder / f"{source.id}{ending}")
    finally:
        aside.unlink(missing_ok=True)
