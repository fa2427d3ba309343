"""What all JSON answers are made of: places, links and boxes go in; pydantic models, and responses of them, come out."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from corpus.document import Source
from corpus.passage import Locator, Passage
from service.links import document_link, page_image_path, page_text_path, passage_path, view_path

PDF = "application/pdf"


class Out(BaseModel):
    """A part of an answer; fields may be added, those here keep their name and meaning."""

    model_config = ConfigDict(frozen=True)


class PageRefOut(Out):
    """A page: its 0-based index and the number printed on it."""

    index: int
    label: str


class LinksOut(Out):
    """Where to read more, as paths of this service or as the publisher's address (`document`)."""

    document: str
    passage: str
    page_text: str
    view: str
    page_image: str | None = None


class BoxOut(Out):
    """A rectangle over a page, in fractions of its size from the top left."""

    page_index: int
    x0: float
    y0: float
    x1: float
    y1: float


def json_text(model: Out) -> str:
    """A model as JSON, on one line. A field that is None by default is left out, one that is null by meaning is kept."""
    unset = {
        name
        for name, field in type(model).model_fields.items()
        if field.default is None and getattr(model, name) is None
    }
    return model.model_dump_json(exclude=unset)


def json_response(model: Out, headers: Mapping[str, str]) -> Response:
    """A model as application/json."""
    return Response(json_text(model), media_type="application/json", headers=headers)


def page_ref_out(source: Source, locator: Locator) -> PageRefOut | None:
    """The page of a place, or None where the document has none. An unnumbered PDF page counts from 1, as readers show it."""
    if source.media_type != PDF and locator.page_label is None:
        return None
    return PageRefOut(index=locator.page_index, label=locator.page_label or str(locator.page_index + 1))


def links_out(source: Source, passage: Passage, start: int, end: int) -> LinksOut:
    """Where to read the characters [start, end) of the passage's page."""
    index = passage.locator.page_index
    return LinksOut(
        document=document_link(source, index),
        passage=passage_path(passage.id),
        page_text=page_text_path(source.id, index),
        view=view_path(source.id, index, start, end),
        page_image=page_image_path(source.id, index, start, end)
        if source.media_type == PDF and source.sha256
        else None,
    )
