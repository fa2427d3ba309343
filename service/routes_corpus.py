"""GET /v1/passages, /v1/documents, pages, file and /v1/corpus: ids go in; what the bundle holds comes out, conditionally."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from corpus.passage import parse_passage_id
from service.conditional import bundle_validator, unless_known
from service.desk import AtDesk, Desk
from service.openapi import media
from service.problems import ProblemError, invalid_request, not_found
from service.texts import Wording, date_in_words
from service.time_frame import on_date
from service.wire import bundle_out
from service.wire_corpus import (
    CorpusOut,
    DocumentOut,
    DocumentsOut,
    PageOut,
    PassageOut,
    corpus_out,
    document_out,
    page_out,
    passage_out,
)
from service.wire_parts import json_response

if TYPE_CHECKING:
    from corpus.bundle import DocumentRecord

router = APIRouter(tags=["corpus"])
INLINE_TYPES: Mapping[str, str] = {"application/pdf": "pdf", "text/plain": "txt", "text/markdown": "md"}
"""What a browser may show in place; everything else, HTML above all, is downloaded and never runs on our origin."""
DOWNLOAD_ENDINGS: Mapping[str, str] = {"text/html": "html", "application/xhtml+xml": "html"}
FILE_TYPES = (
    *INLINE_TYPES,
    "text/html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
    "application/octet-stream",
)
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@router.get("/v1/passages/{passage_id}", response_model=PassageOut)
async def get_passage(request: Request, desk: AtDesk, passage_id: str) -> Response:
    """One passage, with what stands around it on its page and where that is."""
    bundle = desk.engine.bundle
    key = parse_passage_id(passage_id)
    if key is not None:
        check_not_withdrawn(desk, key.document_id)
    passage = bundle.passage(passage_id)
    record = bundle.document(passage.document_id) if passage else None
    page = bundle.page(passage.document_id, passage.locator.page_index) if passage else None
    if passage is None or record is None or page is None:
        raise not_found(Wording("Aucun passage ne porte cet identifiant.", "No passage has this id."))
    sent = passage_out(bundle, record.source, passage, page)
    return _unless_known(request, desk, lambda headers: json_response(sent, headers))


@router.get("/v1/documents", response_model=DocumentsOut)
async def list_documents(
    request: Request,
    desk: AtDesk,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """The catalogue, by id, in parts of `limit`."""
    bundle = desk.engine.bundle
    after = _document_id_of(cursor)
    records = sorted(desk.standing(), key=lambda record: record.source.id)
    rest = [record for record in records if record.source.id > after]
    part = rest[:limit]
    sent = DocumentsOut(
        data=[document_out(bundle, record, desk.clock()) for record in part],
        next_cursor=_cursor_of(part[-1].source.id) if len(rest) > limit else None,
        total=len(records),
        bundle=bundle_out(bundle),
    )
    return _unless_known(request, desk, lambda headers: json_response(sent, headers))


@router.get("/v1/documents/{document_id}", response_model=DocumentOut)
async def get_document(request: Request, desk: AtDesk, document_id: str) -> Response:
    """One document of the catalogue."""
    sent = document_out(desk.engine.bundle, record_of(desk, document_id), desk.clock())
    return _unless_known(request, desk, lambda headers: json_response(sent, headers))


@router.get("/v1/documents/{document_id}/pages/{page_index}", response_model=PageOut)
async def get_page(request: Request, desk: AtDesk, document_id: str, page_index: int) -> Response:
    """The text of one page (0-based index): what the offsets of quotes count in."""
    record = record_of(desk, document_id)
    page = desk.engine.bundle.page(document_id, page_index)
    if page is None:
        raise no_such_page(record)
    sent = page_out(desk.engine.bundle, record, page)
    return _unless_known(request, desk, lambda headers: json_response(sent, headers))


@router.get("/v1/documents/{document_id}/file", response_class=FileResponse, responses=media(*FILE_TYPES))
async def get_file(request: Request, desk: AtDesk, document_id: str) -> Response:
    """The document's own bytes, as they were indexed."""
    record = record_of(desk, document_id)
    path = desk.engine.bundle.original(document_id)
    if path is None:
        detail = Wording("Le fichier de ce document n'a pas été conservé.", "The file of this document was not kept.")
        raise not_found(detail)
    kept: Path = path
    validator = f'"{record.source.sha256}"'
    return unless_known(request, validator, lambda headers: _file_response(record, kept, headers))


@router.get("/v1/corpus", response_model=CorpusOut)
async def get_corpus(request: Request, desk: AtDesk) -> Response:
    """The bundle that answers come from."""
    sent = corpus_out(desk.engine.bundle, desk.standing())
    return _unless_known(request, desk, lambda headers: json_response(sent, headers))


def record_of(desk: Desk, document_id: str) -> DocumentRecord:
    """The document of an id, with the status that it has today.

    Raises: `gone` where it was withdrawn, `not_found`.
    """
    check_not_withdrawn(desk, document_id)
    record = desk.engine.bundle.document(document_id)
    if record is None:
        raise not_found(Wording("Aucun document ne porte cet identifiant.", "No document has this id."))
    return replace(record, source=on_date(record.source, desk.clock()))


def check_not_withdrawn(desk: Desk, document_id: str) -> None:
    """Let a document pass that the operator has not withdrawn.

    Raises: `gone` with the operator's reason.
    """
    withdrawal = desk.withdrawn.get(document_id)
    if withdrawal is not None:
        day, reason = withdrawal.since[:10], withdrawal.reason
        detail = Wording(
            f"Ce document a été retiré le {date_in_words(day, 'fr')} : {reason}",
            f"This document was withdrawn on {date_in_words(day, 'en')}: {reason}",
        )
        raise ProblemError("gone", detail)


def no_such_page(record: DocumentRecord) -> ProblemError:
    """The problem of a page that a document does not have."""
    last = record.n_pages - 1
    return not_found(
        Wording(f"Ce document n'a que les pages 0 à {last}.", f"This document has only the pages 0 to {last}.")
    )


def _file_response(record: DocumentRecord, path: Path, headers: Mapping[str, str]) -> Response:
    media_type = record.source.media_type or "application/octet-stream"
    ending = INLINE_TYPES.get(media_type) or DOWNLOAD_ENDINGS.get(media_type, "bin")
    shown = "inline" if media_type in INLINE_TYPES else "attachment"
    policy = "frame-ancestors 'none'" if media_type == "application/pdf" else SANDBOX
    content_type = f"{media_type}; charset=utf-8" if media_type in ("text/plain", "text/markdown") else media_type
    return FileResponse(
        path,
        headers={
            **headers,
            "Content-Type": content_type,
            "Content-Disposition": f'{shown}; filename="{record.source.id}.{ending}"',
            "Content-Security-Policy": policy,
        },
    )


def _unless_known(request: Request, desk: Desk, make: Callable[[Mapping[str, str]], Response]) -> Response:
    return unless_known(request, bundle_validator(desk.edition()), make)


def _cursor_of(document_id: str) -> str:
    return base64.urlsafe_b64encode(document_id.encode()).decode().rstrip("=")


def _document_id_of(cursor: str) -> str:
    """The id after which a part begins: cursors are stable when the catalogue changes.

    Raises: `invalid_request` naming `cursor`.
    """
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as bad:
        detail = Wording("cursor : ce n'est pas un curseur de cette liste.", "cursor: this is no cursor of this list.")
        raise invalid_request("cursor", detail) from bad
