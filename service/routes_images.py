"""GET /v1/documents/{id}/pages/{index}/image: a page and a span go in; the page as a picture, the span marked, comes out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.conditional import bundle_validator, unless_known
from service.desk import AtDesk, Desk
from service.openapi import media
from service.page_image import WIDTHS_PX, PageImages
from service.problems import ProblemError, invalid_request, not_found
from service.routes_corpus import no_such_page, record_of
from service.texts import Wording
from service.wire_parts import PDF

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.document import Page

router = APIRouter(tags=["corpus"])
MAX_PARTS = 3
"""On how many pages after its first one a quote may go on."""
HEADERS = {"Cross-Origin-Resource-Policy": "cross-origin", "Content-Type": "image/png"}
"""The picture of a public page may stand in a page of any site, as the assistant puts it there."""


@router.get(
    "/v1/documents/{document_id}/pages/{page_index}/image", response_class=Response, responses=media("image/png")
)
async def get_page_image(
    request: Request,
    desk: AtDesk,
    document_id: str,
    page_index: int,
    start: Annotated[int, Query(ge=0)] = 0,
    end: Annotated[int, Query(ge=0)] = 0,
    width: Annotated[int, Query(ge=1, le=WIDTHS_PX[-1])] = 960,
    part: Annotated[int, Query(ge=0, le=MAX_PARTS)] = 0,
) -> Response:
    """A page of a PDF document as a PNG. Characters [start, end) of the page's text are marked. `width` is in pixels and
    rounded up to 640, 960, 1280 or 1920. `part` 1 shows the next page, on which a quote goes on.
    """
    path, page = _pdf_page(desk, document_id, page_index)
    _check_span(page, start, end)
    if request.headers.get("if-none-match"):
        known = unless_known(
            request, bundle_validator(desk.engine.bundle.card.id), lambda headers: Response(headers=headers)
        )
        if known.status_code == 304:
            return known
    images: PageImages = request.app.state.page_images
    width_px = next(size for size in WIDTHS_PX if size >= width)

    def draw() -> bytes | None:
        boxes = images.boxes(path, page.runs, start, end)
        return images.picture(path, page_index + part, width_px, boxes)

    drawing = images.draw(draw)
    if drawing is None:
        detail = Wording("Trop d'images de pages sont demandées.", "Too many page images are asked for.")
        raise ProblemError("overloaded", detail, headers={"Retry-After": "5"})
    limit_s = desk.settings.answer_timeout_s
    try:
        content = await asyncio.wait_for(asyncio.wrap_future(drawing), limit_s)
    except TimeoutError:
        detail = Wording(
            f"L'image n'était pas prête après {limit_s:g} s.", f"The picture was not ready after {limit_s:g} s."
        )
        raise ProblemError("timeout", detail) from None
    if content is None:
        raise not_found(Wording("Cette page ne peut être dessinée.", "This page cannot be drawn."))
    return unless_known(
        request,
        bundle_validator(desk.engine.bundle.card.id),
        lambda headers: Response(content, headers={**headers, **HEADERS}),
    )


def _pdf_page(desk: Desk, document_id: str, page_index: int) -> tuple[Path, Page]:
    record = record_of(desk, document_id)
    page = desk.engine.bundle.page(document_id, page_index)
    if page is None:
        raise no_such_page(record)
    path = desk.engine.bundle.original(document_id)
    if record.source.media_type != PDF or path is None:
        raise not_found(Wording("Ce document n'a pas d'image de page.", "This document has no page images."))
    return path, page


def _check_span(page: Page, start: int, end: int) -> None:
    """Raise `invalid_request` where there are no characters [start, end); 0 and 0 ask for none."""
    if start > end or end > len(page.text):
        problem: ProblemError = invalid_request(
            "end",
            Wording(
                f"end : un nombre de start à {len(page.text)} est attendu.",
                f"end: a number from start to {len(page.text)} is expected.",
            ),
        )
        raise problem
