"""GET /v1/changes and /v1/changes.atom: nothing goes in; what entered, changed or left the corpus, bundle by bundle, comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from corpus.changes import BundleChanges, DocumentChange
from service.changes_feed import MEDIA_TYPE, feed_of
from service.conditional import bundle_validator, unless_known
from service.desk import AtDesk, Desk
from service.language import language_of
from service.openapi import media
from service.wire import BundleOut, bundle_out
from service.wire_parts import Out, json_response

router = APIRouter(tags=["corpus"])


class DocumentChangeOut(Out):
    """A document that entered, changed or left. `reason` is why it left; `fields` is what is said otherwise of it. `added` and
    `removed` are its first sentences that are new and gone, `n_added` and `n_removed` how many there are.
    """

    document_id: str
    title: str
    reason: str
    fields: list[str]
    added: list[str]
    removed: list[str]
    n_added: int
    n_removed: int


class BundleChangesOut(Out):
    """What one build changed."""

    bundle_id: str
    previous_id: str | None
    built_at: str
    entered: list[DocumentChangeOut]
    changed: list[DocumentChangeOut]
    left: list[DocumentChangeOut]


class WithdrawalOut(Out):
    """A document that is cited no more, since when and why."""

    document_id: str
    since: str
    reason: str


class ChangesOut(Out):
    """The builds up to the bundle in use, the newest first, and what is withdrawn now."""

    data: list[BundleChangesOut]
    withdrawn: list[WithdrawalOut]
    bundle: BundleOut


@router.get("/v1/changes", response_model=ChangesOut)
async def get_changes(request: Request, desk: AtDesk) -> Response:
    """What the last builds changed, up to thirty."""

    def full(headers: Mapping[str, str]) -> Response:
        withdrawn = [
            WithdrawalOut(document_id=one.document_id, since=one.since, reason=one.reason)
            for one in sorted(desk.withdrawn.values(), key=lambda one: (one.since, one.document_id), reverse=True)
        ]
        data = [_changes_out(changes) for changes in shown_changes(desk)]
        return json_response(ChangesOut(data=data, withdrawn=withdrawn, bundle=bundle_out(desk.engine.bundle)), headers)

    return unless_known(request, bundle_validator(desk.edition()), full)


@router.get("/v1/changes.atom", response_class=Response, responses=media("application/atom+xml"))
async def get_feed(request: Request, desk: AtDesk) -> Response:
    """The same as an Atom feed (RFC 4287), one entry a build."""
    lang = language_of(request)

    def full(headers: Mapping[str, str]) -> Response:
        text = feed_of(shown_changes(desk), str(request.base_url).rstrip("/"), desk.engine.bundle.card.built_at, lang)
        return Response(text, headers={**headers, "Vary": "Accept-Language", "Content-Type": MEDIA_TYPE})

    return unless_known(request, bundle_validator(f"{desk.edition()}.{lang}"), full)


def shown_changes(desk: Desk) -> list[BundleChanges]:
    """The changes of the bundle in use; of a document that is withdrawn, no sentence is shown."""

    def shown(changes: Iterable[DocumentChange]) -> tuple[DocumentChange, ...]:
        return tuple(
            replace(one, added=(), removed=(), reason=desk.withdrawn[one.document_id].reason)
            if one.document_id in desk.withdrawn
            else one
            for one in changes
        )

    return [
        replace(one, entered=shown(one.entered), changed=shown(one.changed), left=shown(one.left))
        for one in desk.engine.bundle.changes
    ]


def _changes_out(changes: BundleChanges) -> BundleChangesOut:
    return BundleChangesOut(
        bundle_id=changes.bundle_id,
        previous_id=changes.previous_id,
        built_at=changes.built_at,
        entered=[_change_out(one) for one in changes.entered],
        changed=[_change_out(one) for one in changes.changed],
        left=[_change_out(one) for one in changes.left],
    )


def _change_out(change: DocumentChange) -> DocumentChangeOut:
    return DocumentChangeOut(
        document_id=change.document_id,
        title=change.title,
        reason=change.reason,
        fields=list(change.fields),
        added=list(change.added),
        removed=list(change.removed),
        n_added=change.n_added,
        n_removed=change.n_removed,
    )
