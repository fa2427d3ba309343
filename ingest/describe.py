"""What the catalogue, a sidecar and the document itself say of it in, its source out; the outer word wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.catalogue import link, read_source
from corpus.document import Source
from corpus.errors import KnownError
from ingest.job import Job

OWN_KEYS = ("publisher", "language", "licence", "kind", "status", "url", "published_on", "valid_from", "valid_to")


def described(job: Job, sha256: str, media_type: str, title: str | None, metadata: Mapping[str, str]) -> Source:
    """The source of a document that was read.

    Without a catalogue it is completed by what the document says of itself, value by value, unusable ones passed over,
    and by its sidecar.
    """
    source = replace(job.source, sha256=sha256, media_type=media_type)
    if job.from_catalogue:
        return source
    table: dict[str, Any] = {"id": source.id, "title": metadata.get("title") or title or source.title}
    own: dict[str, Any] = {key: metadata[key] for key in OWN_KEYS if metadata.get(key)}
    if metadata.get("supersedes"):
        own["supersedes"] = [one for one in metadata["supersedes"].replace(",", " ").split() if one != source.id]
    for key, value in own.items():
        try:
            read_source({"id": source.id, key: value}, "metadata")
        except KnownError:
            continue
        table[key] = value
    told = read_source({**table, **job.sidecar}, "metadata")
    return replace(told, file=source.file, sha256=sha256, media_type=media_type)


def linked(sources: Sequence[Source], jobs: Sequence[Job]) -> tuple[Source, ...]:
    """The sources with their successors: what the catalogue derived, also of documents that are not here, and what the documents
    here say of each other.
    """
    declared = {job.source.id: job.source for job in jobs if job.from_catalogue}
    return tuple(_linked(source, declared.get(source.id)) for source in link(sources))


def _linked(source: Source, declared: Source | None) -> Source:
    if declared is None:
        return source
    days = [day for day in (source.superseded_on, declared.superseded_on) if day is not None]
    successors = tuple(dict.fromkeys((*declared.superseded_by, *source.superseded_by)))
    return replace(source, superseded_by=successors, superseded_on=min(days, default=None))
