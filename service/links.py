"""Addresses of this service: ids, page indexes and spans go in; paths come out."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from corpus.document import Source


def passage_path(passage_id: str) -> str:
    """Where a passage is served."""
    return f"/v1/passages/{quote(passage_id, safe='')}"


def document_path(document_id: str) -> str:
    """Where a document's record is served."""
    return f"/v1/documents/{quote(document_id, safe='')}"


def page_text_path(document_id: str, page_index: int) -> str:
    """Where a page's text is served, as JSON."""
    return f"{document_path(document_id)}/pages/{page_index}"


def page_image_path(document_id: str, page_index: int, start: int | None = None, end: int | None = None) -> str:
    """Where a page is served as a picture, with characters [start, end) marked if given."""
    path = f"{page_text_path(document_id, page_index)}/image"
    return path if start is None or end is None else f"{path}?{urlencode({'start': start, 'end': end})}"


def file_path(document_id: str) -> str:
    """Where a document's own bytes are served."""
    return f"{document_path(document_id)}/file"


def view_path(document_id: str, page_index: int = 0, start: int | None = None, end: int | None = None) -> str:
    """The page of the corpus browser that shows a page's text, with characters [start, end) marked if given."""
    path = f"/documents/{quote(document_id, safe='')}"
    if start is None or end is None:
        return f"{path}?{urlencode({'page': page_index})}"
    return f"{path}?{urlencode({'page': page_index, 'start': start, 'end': end})}#quote"


def document_link(source: Source, page_index: int) -> str:
    """The document itself: a PDF opened at the page (readers count from 1), else the publisher's address, else our copy."""
    if source.media_type == "application/pdf" and source.sha256:
        return f"{file_path(source.id)}#page={page_index + 1}"
    return source.url or file_path(source.id)


def reading_address(url: str | None, path: str, base_url: str) -> str:
    """Where a reader of another program goes: the publisher's address if it is one of the web, else `path` of this service."""
    return url if url is not None and url.startswith(("https://", "http://")) else base_url + path
