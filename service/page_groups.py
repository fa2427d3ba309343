"""The catalogue as its page shows it: documents go in; named groups by publisher, standing or date of publication come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from corpus.document import Status
from service.wire_corpus import DocumentOut

By = Literal["publisher", "status", "date"]
Groups = list[tuple[str, list[DocumentOut]]]
_STATUS_ORDER = tuple(Status)


def grouped(documents: Iterable[DocumentOut], by: By) -> Groups:
    """The groups with their names: a publisher's, a status' value, or a year and month ("2026-11", "" without a date).

    Publishers by name, standings from in force to unverified, months from the newest; French titles before the others.
    """
    groups: dict[str, list[DocumentOut]] = {}
    for document in sorted(documents, key=lambda document: (document.language != "fr", document.title.casefold())):
        groups.setdefault(_NAMES[by](document), []).append(document)
    if by == "date":
        return sorted(groups.items(), key=lambda group: group[0], reverse=True)
    if by == "status":
        return sorted(groups.items(), key=lambda group: _STATUS_ORDER.index(Status(group[0])))
    return sorted(groups.items(), key=lambda group: group[0].casefold())


_NAMES: Mapping[By, Callable[[DocumentOut], str]] = {
    "publisher": lambda document: document.publisher,
    "status": lambda document: document.status.value,
    "date": lambda document: document.published_on.isoformat()[:7] if document.published_on else "",
}
