"""The corpus as JSON: documents, pages and passages of a bundle go in; pydantic models come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpus.document import Page, Source, Status
from corpus.passage import Locator, Passage
from service.links import document_path, file_path, page_text_path, view_path
from service.time_frame import on_date
from service.wire import BundleOut, DocumentRefOut, bundle_out, document_ref_out
from service.wire_parts import LinksOut, Out, PageRefOut, links_out, page_ref_out

if TYPE_CHECKING:
    from corpus.bundle import Bundle, DocumentRecord

CONTEXT_CHARS = 600


class VersionOut(Out):
    """One member of a line of documents that replace each other."""

    id: str
    title: str
    published_on: dt.date | None
    status: Status


class DocumentLinksOut(Out):
    """Where to read a document, as paths of this service; `file` is null where its bytes were not kept."""

    self: str
    file: str | None
    first_page: str
    view: str


class DocumentOut(DocumentRefOut):
    """A document of the catalogue as it was indexed. `versions` is oldest first and includes the document itself."""

    supersedes: list[str]
    media_type: str
    pages: int
    passages: int
    versions: list[VersionOut]
    links: DocumentLinksOut


class DocumentsOut(Out):
    """A part of the catalogue, by id; `next_cursor` asks for the following part and is null at the end."""

    data: list[DocumentOut]
    next_cursor: str | None
    total: int
    bundle: BundleOut


class PageOut(Out):
    """The text of a page, exactly as quotes count its characters. `pages` is how many pages the document has."""

    document_id: str
    index: int
    label: str | None
    text: str
    pages: int
    bundle: BundleOut


class LocatorOut(Out):
    """Where a passage stands: characters [start, end) of the served text of page `page_index`."""

    page_index: int
    page_label: str | None
    start: int
    end: int
    section: list[str]


class ContextOut(Out):
    """What stands before and after a passage on its page."""

    before: str
    after: str


class PassageOut(Out):
    """One passage with its context and its place."""

    passage_id: str
    text: str
    document: DocumentRefOut
    page: PageRefOut | None
    section: list[str]
    locator: LocatorOut
    context: ContextOut
    links: LinksOut
    bundle: BundleOut


class FreshnessOut(Out):
    """How fresh one source is."""

    document_id: str
    publisher: str
    published_on: dt.date | None
    status: Status
    valid_to: dt.date | None


class CorpusOut(Out):
    """What is served: the bundle, how much it holds, the encoder that made it, and how fresh its sources are."""

    bundle: BundleOut
    counts: dict[str, int]
    encoder: dict[str, str | int | bool]
    latest_published_on: dt.date | None
    sources: list[FreshnessOut]


def document_out(bundle: Bundle, record: DocumentRecord, as_of: dt.date) -> DocumentOut:
    """A document with its versions and its links; each with the status that it has on `as_of`."""
    source = on_date(record.source, as_of)
    kept = bundle.original(source.id) is not None
    return DocumentOut(
        **document_ref_out(source).model_dump(),
        supersedes=list(source.supersedes),
        media_type=source.media_type,
        pages=record.n_pages,
        passages=record.n_passages,
        versions=[_version_out(on_date(version, as_of)) for version in versions_of(bundle, source)],
        links=DocumentLinksOut(
            self=document_path(source.id),
            file=file_path(source.id) if kept else None,
            first_page=page_text_path(source.id, 0),
            view=view_path(source.id),
        ),
    )


def versions_of(bundle: Bundle, source: Source) -> list[Source]:
    """The documents of the bundle that this one replaces or is replaced by, with itself, oldest first."""
    line: dict[str, Source] = {}
    waiting = [source.id]
    while waiting:
        document_id = waiting.pop()
        record = bundle.document(document_id)
        if record is None or document_id in line:
            continue
        line[document_id] = record.source
        waiting += [*record.source.supersedes, *record.source.superseded_by]
    return sorted(line.values(), key=lambda version: (version.published_on or dt.date.min, version.id))


def page_out(bundle: Bundle, record: DocumentRecord, page: Page) -> PageOut:
    """A page's text."""
    return PageOut(
        document_id=record.source.id,
        index=page.index,
        label=page.label,
        text=page.text,
        pages=record.n_pages,
        bundle=bundle_out(bundle),
    )


def passage_out(bundle: Bundle, source: Source, passage: Passage, page: Page) -> PassageOut:
    """A passage with what stands around it on its page."""
    place = passage.locator
    return PassageOut(
        passage_id=passage.id,
        text=passage.text,
        document=document_ref_out(source),
        page=page_ref_out(source, place),
        section=list(place.section),
        locator=_locator_out(place),
        context=ContextOut(
            before=page.text[max(0, place.start - CONTEXT_CHARS) : place.start],
            after=page.text[place.end : place.end + CONTEXT_CHARS],
        ),
        links=links_out(source, passage, place.start, place.end),
        bundle=bundle_out(bundle),
    )


def corpus_out(bundle: Bundle, standing: Iterable[DocumentRecord]) -> CorpusOut:
    """What is served; `standing` are its documents that were not withdrawn, `counts` those of the whole bundle."""
    sources = [record.source for record in standing]
    return CorpusOut(
        bundle=bundle_out(bundle),
        counts=dict(bundle.card.counts),
        encoder=bundle.card.encoder.to_json(),
        latest_published_on=latest_date(bundle),
        sources=[
            FreshnessOut(
                document_id=source.id,
                publisher=source.publisher,
                published_on=source.published_on,
                status=source.status,
                valid_to=source.valid_to,
            )
            for source in sources
        ],
    )


def latest_date(bundle: Bundle) -> dt.date | None:
    """When the newest document of the bundle was published, or None where none is dated."""
    return max((r.source.published_on for r in bundle.documents if r.source.published_on), default=None)


def _version_out(source: Source) -> VersionOut:
    return VersionOut(id=source.id, title=source.title, published_on=source.published_on, status=source.status)


def _locator_out(place: Locator) -> LocatorOut:
    return LocatorOut(
        page_index=place.page_index,
        page_label=place.page_label,
        start=place.start,
        end=place.end,
        section=list(place.section),
    )
