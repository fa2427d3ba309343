"""The catalogue's documents, from their publishers to the folder `fetched` beside it: whole files or nothing.

What did not change is not sent again (ETag, Last-Modified), what has the same bytes is not written again, and feeds tell
of new siblings, which a person then adds to the catalogue.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from corpus.catalogue import Catalogue
from corpus.document import Source
from corpus.errors import CatalogueError, KnownError
from ingest.feeds import FeedEntry, parse_feed
from ingest.fetch_state import Seen, read_state, write_state
from ingest.jobs import FETCHED, fetched_path
from ingest.media_type import ENDINGS, media_type_of
from ingest.web import FetchError, Web, WebRules

UNREACHABLE_IN_A_ROW = 3


@dataclass(slots=True)
class FetchReport:
    """Ids fetched anew, ids that are as they were, ids that failed with the reason, and new entries of feeds by source."""

    fetched: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    announced: dict[str, list[FeedEntry]] = field(default_factory=dict)


def fetch_catalogue(
    catalogue: Catalogue,
    only: Iterable[str] | None = None,
    *,
    tell: Callable[[str], None],
    web: Web | None = None,
    now: dt.datetime | None = None,
) -> FetchReport:
    """Fetch every source that has a URL and no file of its own, and the feeds; `only` limits that to some ids.

    Where the first few addresses cannot be reached at all, the rest is not tried: there is no internet here.

    Raises: `catalogue_invalid` for an id of `only` that the catalogue does not have.
    """
    wanted = _wanted(catalogue, only)
    web = web or Web(WebRules(hosts=hosts_of(catalogue)))
    folder, moment = catalogue.folder / FETCHED, (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    state, report, unreachable = read_state(folder), FetchReport(), 0
    for number, source in enumerate(wanted, 1):
        seen = state.get(source.id, Seen())
        try:
            seen, outcome = _fetch_one(catalogue, source, seen, web, moment, report)
        except KnownError as fault:
            report.failed[source.id] = fault.message
            outcome = f"FAILED ({fault.code}) {fault.message}"
            unreachable += fault.code == "fetch_failed" and fault.__cause__ is not None
            if isinstance(fault, FetchError) and fault.retry_after_s:
                seen = replace(seen, url=source.url or "", not_before=_later(fault, moment))
        state[source.id] = seen
        write_state(folder, state)
        tell(f"[{number}/{len(wanted)}] {source.id}: {outcome}")
        for entry in report.announced.get(source.id, []):
            tell(f"    announced: {entry.title} <{entry.url}>")
        if unreachable >= UNREACHABLE_IN_A_ROW and not (report.fetched or report.unchanged):
            tell(
                "No internet access from here: the official documents stay out, the starter corpus is complete without them."
            )
            break
    return report


def hosts_of(catalogue: Catalogue) -> frozenset[str]:
    """The hosts that the catalogue names: a redirect may lead from one to another of them."""
    return frozenset(urlsplit(source.url).hostname or "" for source in catalogue.sources if source.url)


def _wanted(catalogue: Catalogue, only: Iterable[str] | None) -> list[Source]:
    by_id = {source.id: source for source in catalogue.sources}
    for identifier in only or ():
        if identifier not in by_id or not (by_id[identifier].url or by_id[identifier].feed):
            raise CatalogueError("catalogue_invalid", f"no source {identifier!r} with a URL in the catalogue", "")
    chosen = [by_id[i] for i in only] if only else catalogue.sources
    return [source for source in chosen if (source.url and not source.file) or source.feed]


def _fetch_one(
    catalogue: Catalogue, source: Source, seen: Seen, web: Web, now: dt.datetime, report: FetchReport
) -> tuple[Seen, str]:
    """What is known of the source now, and what to say of it.

    Raises: FetchError, ReadError.
    """
    stamp = _rfc3339(now)
    if seen.not_before > stamp:
        raise FetchError(
            "fetch_later", f"{source.url}: its publisher asked not to come before {seen.not_before}.", "Wait."
        )
    outcome = ""
    if source.url and not source.file:
        seen, outcome = _document(catalogue, source, seen, web, stamp)
        (report.unchanged if outcome == "unchanged" else report.fetched).append(source.id)
    if source.feed:
        try:
            seen = _feed(catalogue, source, seen, web, report)
            outcome = outcome or "feed read"
        except KnownError as fault:  # the document itself is there
            outcome = f"{outcome}; its feed: {fault.message}".lstrip("; ")
    return replace(seen, checked_at=stamp, not_before=""), outcome


def _document(catalogue: Catalogue, source: Source, seen: Seen, web: Web, stamp: str) -> tuple[Seen, str]:
    """Download to a file aside, check that a reader knows it, then put it in place."""
    folder, url = catalogue.folder / FETCHED, source.url or ""
    folder.mkdir(parents=True, exist_ok=True)
    there = fetched_path(catalogue, source.id)
    headers: dict[str, str] = {}
    if there is not None and seen.url == url and _digest(there) == seen.sha256:
        headers |= {"If-None-Match": seen.etag} if seen.etag else {}
        headers |= {"If-Modified-Since": seen.last_modified} if seen.last_modified else {}
    aside = folder / f".{source.id}.part"
    try:
        answer = web.get(url, aside, headers)
        if answer.status == 304:
            if not headers:
                raise FetchError(
                    "fetch_failed", f"{url}: HTTP 304 to a request without conditions.", "Try again later."
                )
            return seen, "unchanged"
        kind = media_type_of(aside)
        promised = ENDINGS.get(PurePosixPath(urlsplit(url).path).suffix.lower(), kind)
        if kind != promised:
            raise FetchError("fetch_wrong_type", f"{url} gives {kind}, not {promised}.", "Check the address.")
        if kind == "text/html" and not aside.read_bytes().strip():
            raise FetchError("fetch_failed", f"{url}: an empty page.", "Check the address.")
        sha256, size = _digest(aside), aside.stat().st_size
        known = replace(
            seen, url=url, etag=answer.headers.get("etag", ""), last_modified=answer.headers.get("last-modified", ""),
            sha256=sha256,
        )  # fmt: skip
        if there is not None and sha256 == _digest(there):
            return known, "unchanged"
        ending = next(ending for ending, one in ENDINGS.items() if one == kind)
        target = folder / f"{source.id}{ending}"
        aside.replace(target)
        if there is not None and there != target:
            there.unlink(missing_ok=True)
        return replace(known, changed_at=stamp), f"{size} bytes"
    finally:
        aside.unlink(missing_ok=True)


def _feed(catalogue: Catalogue, source: Source, seen: Seen, web: Web, report: FetchReport) -> Seen:
    """The entries that were not in the feed before and that the catalogue does not have."""
    folder, url = catalogue.folder / FETCHED, source.feed or ""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{source.id}.feed.part"
    try:
        if web.get(url, aside).status != 200:
            return seen
        entries = parse_feed(aside.read_bytes(), url)
    finally:
        aside.unlink(missing_ok=True)
    known = {*seen.entries, *(one.url for one in catalogue.sources if one.url)}
    report.announced[source.id] = [one for one in entries if one.url not in known]
    return replace(seen, entries=tuple(one.url for one in entries))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _later(fault: KnownError, now: dt.datetime) -> str:
    seconds = fault.retry_after_s if isinstance(fault, FetchError) else None
    return _rfc3339(now + dt.timedelta(seconds=min(seconds, 7 * 86_400))) if seconds else ""


def _rfc3339(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
