"""The catalogue (TOML, one `[[source]]` table a document) to sources; every refusal names the table and the key."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from corpus.analysis import fold
from corpus.document import Kind, Source, Status
from corpus.errors import CatalogueError

DOCUMENT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")
_TEXTS = ("title", "publisher", "language", "licence", "url", "file", "feed")
_DATES = ("published_on", "valid_from", "valid_to")
_KEYS = frozenset({"id", "kind", "status", "supersedes", *_TEXTS, *_DATES})


def file_id(relative: PurePath) -> str:
    """The id of a file without a catalogue: its relative path without the ending, URL-safe, lower case
    (`guides/A b.pdf` -> `guides-a-b`).
    """
    slug = re.sub(r"[^a-z0-9]+", "-", fold(relative.with_suffix("").as_posix())).strip("-")
    return slug[:120].strip("-") or "document"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sources in the order of the file, and the folder that their `file` keys start from."""

    folder: Path
    sources: tuple[Source, ...]

    def path_of(self, source: Source) -> Path | None:
        """Where the document's file is (not whether it is there), or None where the catalogue gives none."""
        return self.folder / source.file if source.file else None


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue of a file.

    Raises: `catalogue_missing`, `catalogue_invalid` (message: table and key).
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as gone:
        raise CatalogueError(
            "catalogue_missing", f"no catalogue at {path}", "Give one with --catalogue FILE."
        ) from gone
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as bad:
        raise CatalogueError("catalogue_invalid", f"{path.name}: {bad}", "Mend the TOML and try again.") from bad
    tables = raw.get("source", [])
    if set(raw) - {"source"} or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise _refusal(path.name, "only [[source]] tables may stand here")
    sources = [read_source(table, f"{path.name}, source {n}") for n, table in enumerate(tables, 1)]
    return Catalogue(path.parent, _linked(sources, path.name))


def read_source(table: Mapping[str, Any], where: str) -> Source:
    """The source of one table; `where` names the table in refusals.

    Raises: `catalogue_invalid`.
    """
    identifier = table.get("id")
    if not isinstance(identifier, str) or not DOCUMENT_ID.fullmatch(identifier):
        raise _refusal(where, f"id = {identifier!r}: lower-case letters, digits and inner hyphens are expected")
    where = f'{where} ("{identifier}")'
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise _refusal(where, f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}")
    values: dict[str, Any] = {"id": identifier}
    for key in _TEXTS:
        if key in table:
            values[key] = _text(table[key], key, where)
    for key in _DATES:
        if key in table:
            values[key] = _date(table[key], key, where)
    if "kind" in table:
        values["kind"] = _choice(Kind, table["kind"], "kind", where)
    if "status" in table:
        values["status"] = _choice(Status, table["status"], "status", where)
    values["supersedes"] = _ids(table.get("supersedes", []), where)
    values.setdefault("title", identifier)
    if values.get("file"):
        _check_relative(values["file"], where)
    if values.get("url") and not values["url"].startswith(("https://", "http://")):
        raise _refusal(where, f"url = {values['url']!r}: an http or https address is expected")
    return Source(**values)


def link(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources with `superseded_by` and `superseded_on`, derived from the `supersedes` of all."""
    known = tuple(sources)
    by_target: dict[str, list[Source]] = {}
    for source in known:
        for target in source.supersedes:
            by_target.setdefault(target, []).append(source)
    return tuple(_with_successors(source, by_target.get(source.id, [])) for source in known)


def _with_successors(source: Source, successors: Sequence[Source]) -> Source:
    days = [day for one in successors if (day := _holds_from(one)) is not None]
    return replace(source, superseded_by=tuple(one.id for one in successors), superseded_on=min(days) if days else None)


def _holds_from(successor: Source) -> dt.date | None:
    """The first day of a document that takes another's place, None while it is but a draft."""
    if successor.status in (Status.DRAFT, Status.UNVERIFIED):
        return None
    if successor.status is Status.ANNOUNCED:
        return successor.valid_from
    return successor.valid_from or successor.published_on or dt.date.min


def _linked(sources: list[Source], name: str) -> tuple[Source, ...]:
    seen: set[str] = set()
    for source in sources:
        if source.id in seen:
            raise _refusal(f'{name} ("{source.id}")', "the id stands twice")
        seen.add(source.id)
    for source in sources:
        missing = [target for target in source.supersedes if target not in seen]
        if missing:
            raise _refusal(f'{name} ("{source.id}")', f"supersedes {missing[0]!r}, which is not in the catalogue")
    return link(sources)


def _text(value: Any, key: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refusal(where, f"{key} = {value!r}: a text is expected")
    return value


def _date(value: Any, key: str, where: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as bad:
        raise _refusal(where, f"{key} = {value!r}: a date such as 2025-02-11 is expected") from bad


def _choice(kind: type[Kind] | type[Status], value: Any, key: str, where: str) -> Kind | Status:
    try:
        return kind(value)
    except ValueError as bad:
        raise _refusal(where, f"{key} = {value!r}: one of {', '.join(kind)} is expected") from bad


def _ids(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _refusal(where, f"supersedes = {value!r}: a list of ids is expected")
    return tuple(value)


def _check_relative(value: str, where: str) -> None:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or "\x00" in value:
        raise _refusal(where, f"file = {value!r}: a path below the catalogue's folder is expected")


def _refusal(where: str, what: str) -> CatalogueError:
    return CatalogueError("catalogue_invalid", f"{where}: {what}", "Mend the catalogue and try again.")
