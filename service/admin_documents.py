"""Documents pushed over HTTP: a multipart body goes in; a file with its sidecar in the inbox comes out, whole or not at all."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from corpus.catalogue import DOCUMENT_ID, file_id, read_source
from corpus.errors import KnownError
from corpus.withdrawals import sync_folder
from service.body import too_slow
from service.problems import ProblemError, invalid_request
from service.texts import Wording

ENDINGS = (".pdf", ".html", ".htm", ".xhtml", ".md", ".markdown", ".txt", ".docx", ".odt")
TYPES: Mapping[str, str] = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
}
METADATA = (
    "title", "publisher", "published_on", "language", "licence", "kind", "status", "url", "valid_from", "valid_to",
    "supersedes",
)  # fmt: skip
MAX_METADATA_BYTES = 65536
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Pushed:
    """A document that was sent: its id, the ending that its reader is known by, what is said of it, and its open file."""

    document_id: str
    ending: str
    metadata: Mapping[str, Any]
    file: UploadFile


async def read_push(request: Request, document_id: str, max_bytes: int) -> tuple[Pushed, FormData]:
    """The document of a request, and the form to close when it was taken.

    Raises: `invalid_request`, `unsupported_media_type`, `payload_too_large`.
    """
    check_id(document_id)
    form = await _read_form(request, max_bytes)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        await form.close()
        raise invalid_request("file", Wording("file : le fichier manque.", "file: the file is missing."))
    try:
        metadata = _metadata(form.get("metadata"), document_id)
        return Pushed(document_id, _ending(file), metadata, file), form
    except ProblemError:
        await form.close()
        raise


def check_id(document_id: str) -> None:
    """Let an id pass that may stand in the catalogue.

    Raises: `invalid_request`.
    """
    if not DOCUMENT_ID.fullmatch(document_id) or "--" in document_id:  # files are named by it, and the other way round
        detail = Wording(
            "document_id : minuscules sans accent, chiffres et traits d'union isolés à l'intérieur seulement.",
            "document_id: only lower-case letters, digits and single inner hyphens.",
        )
        raise invalid_request("document_id", detail)


def place(pushed: Pushed, inbox: Path) -> Path:
    """Put a document into the inbox, its sidecar first, and take away what bore its id there; the path of the file."""
    inbox.mkdir(parents=True, exist_ok=True)
    target = inbox / (pushed.document_id + pushed.ending)
    mark = secrets.token_hex(4)
    aside = inbox / f".{target.name}.{mark}.part"
    try:
        with aside.open("wb") as stream:
            while block := pushed.file.file.read(_BLOCK_BYTES):
                stream.write(block)
        sidecar = inbox / f".{pushed.document_id}.toml.{mark}.part"
        sidecar.write_text(sidecar_text(pushed.metadata), encoding="utf-8")
        remove(pushed.document_id, inbox, but=target)
        sidecar.replace(inbox / f"{pushed.document_id}.toml")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(inbox)
    return target


def files_of(document_id: str, inbox: Path) -> list[Path]:
    """The files of the inbox, at any depth, that are indexed under an id, their sidecars included."""
    return [
        path
        for path in sorted(inbox.rglob("*"))
        if not path.name.startswith(".") and path.is_file() and file_id(path.relative_to(inbox)) == document_id
    ]


def remove(document_id: str, inbox: Path, *, but: Path | None = None) -> None:
    """Take a document out of the inbox, with its sidecar."""
    for path in files_of(document_id, inbox):
        if path != but:
            path.unlink(missing_ok=True)


def sidecar_text(metadata: Mapping[str, Any]) -> str:
    """Metadata as TOML; a JSON text is a TOML text but for the sign DEL."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in metadata.items())
    return "".join(line.replace("\x7f", "\\u007f") + "\n" for line in lines)


async def _read_form(request: Request, max_bytes: int) -> FormData:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        detail = Wording("Content-Type attendu : multipart/form-data.", "Content-Type expected: multipart/form-data.")
        raise ProblemError("unsupported_media_type", detail)
    too_large = ProblemError(
        "payload_too_large",
        Wording(f"Le document dépasse {max_bytes} octets.", f"The document exceeds {max_bytes} bytes."),
        headers={"Connection": "close"},
    )

    timeout_s: float = request.app.state.settings.request_timeout_s

    async def counted() -> AsyncGenerator[bytes, None]:
        read_bytes, stream = 0, request.stream()
        while True:
            try:
                async with asyncio.timeout(timeout_s):
                    block = await anext(stream, None)
            except TimeoutError:
                raise too_slow(timeout_s) from None
            if block is None:
                return
            read_bytes += len(block)
            if read_bytes > max_bytes + MAX_METADATA_BYTES:
                raise too_large
            yield block

    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes + MAX_METADATA_BYTES:
        raise too_large
    parser = MultiPartParser(request.headers, counted(), max_files=1, max_fields=2, max_part_size=MAX_METADATA_BYTES)
    try:
        return await parser.parse()
    except (MultiPartException, KeyError, ValueError) as bad:
        detail = Wording("Le corps multipart ne peut être lu.", "The multipart body cannot be read.")
        raise ProblemError("invalid_request", detail) from bad


def _metadata(value: object, document_id: str) -> Mapping[str, Any]:
    """The catalogue's keys that were sent, checked as the catalogue checks them.

    Raises: `invalid_request` naming `metadata`.
    """
    if value is None:
        return {}
    try:
        raw = json.loads(value if isinstance(value, str) else "")
        if not isinstance(raw, dict):
            raise TypeError
        json.dumps(raw, ensure_ascii=False).encode()  # half a character can be written nowhere
    except (ValueError, TypeError, RecursionError) as bad:
        detail = Wording("metadata : un objet JSON est attendu.", "metadata: a JSON object is expected.")
        raise invalid_request("metadata", detail) from bad
    unknown = sorted(set(raw) - set(METADATA))
    if unknown:
        known = ", ".join(METADATA)
        detail = Wording(
            f"metadata : clé inconnue « {unknown[0][:80]} » ; clés possibles : {known}.",
            f'metadata: unknown key "{unknown[0][:80]}"; possible keys: {known}.',
        )
        raise invalid_request("metadata", detail)
    try:
        read_source({"id": document_id, **raw}, "metadata")
    except KnownError as bad:
        raise invalid_request("metadata", Wording(bad.message, bad.message)) from bad
    return raw


def _ending(file: UploadFile) -> str:
    """The ending of the file's name, or that of its type.

    Raises: `unsupported_media_type`.
    """
    named = PurePosixPath(file.filename or "").suffix.lower()
    ending = named if named in ENDINGS else TYPES.get((file.content_type or "").partition(";")[0].strip().lower())
    if ending is None:
        known = ", ".join(ENDINGS)
        detail = Wording(f"Formats acceptés : {known}.", f"Accepted formats: {known}.")
        raise ProblemError("unsupported_media_type", detail)
    return ending
