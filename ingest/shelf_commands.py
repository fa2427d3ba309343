"""The commands about bundles that are there already: options in, what was found or done printed, an exit code out."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import datetime as dt
import json
from typing import Any

from corpus.errors import BundleError
from corpus.shelf import Shelf
from ingest.publish_command import follow, withdrawals_of
from ingest.settings import IngestSettings

OK, NOTHING_TO_DO = 0, 4


def verify(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Check the active bundle: checksums, counts, spans, vectors."""
    from corpus.encoder import open_encoder
    from ingest.verify import verify_bundle

    bundle = verify_bundle(Shelf(options.bundles).active_folder(), open_encoder(settings.encoder or None))
    said = f"bundle {bundle.card.id}: {len(bundle.card.files)} files and {len(bundle)} passages verified"
    _say(options, said, {"bundle_id": bundle.card.id, "verified": True, "counts": dict(bundle.card.counts)})
    return OK


def listing(options: argparse.Namespace, settings: IngestSettings) -> int:
    """List the bundles, oldest first."""
    shelf = Shelf(options.bundles)
    active, previous, cards = shelf.active_id(), shelf.previous_id(), shelf.cards()
    lines = [
        f"{'*' if card.id == active else '<' if card.id == previous else ' '} {card.id}  {card.built_at}"
        f"  {card.counts['documents']} documents, {card.counts['passages']} passages, encoder {card.encoder.name}"
        for card in cards
    ]
    bundles = [
        {
            "id": card.id,
            "built_at": card.built_at,
            "active": card.id == active,
            "rollback": card.id == previous,
            "counts": dict(card.counts),
        }
        for card in cards
    ]
    _say(
        options,
        "\n".join(lines) or f"no bundle in {options.bundles}; run: python -m ingest build",
        {"bundles": bundles},
    )
    return OK


def rollback(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Move the pointer back, or to the bundle of `--to`; that bundle is checked before."""
    from corpus.bundle_card import check_seals, read_card

    shelf = Shelf(options.bundles)
    before, now = shelf.active_id(), dt.datetime.now(dt.UTC)
    if options.to:
        if options.to not in {card.id for card in shelf.cards()}:
            raise BundleError("bundle_missing", f"no bundle {options.to!r} here", "See: python -m ingest list")
        check_seals(shelf.folder / options.to, read_card(shelf.folder / options.to))
        shelf.activate(options.to, now=now)
    else:
        shelf.rollback(now=now)
    follow(options.bundles, settings)
    active = shelf.active_id()
    _say(options, f"active: {active} (before: {before})", {"active": active, "before": before})
    return OK if active != before else NOTHING_TO_DO


def prune(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Remove all but the newest bundles, the active one and the one to roll back to."""
    from ingest.lock import building

    shelf = Shelf(options.bundles)
    with building(shelf.folder, dt.datetime.now(dt.UTC)):
        swept, removed = shelf.sweep(), shelf.prune(options.keep)
    said = "\n".join(f"removed {name}" for name in (*swept, *removed)) or "nothing to remove"
    _say(options, said, {"removed": removed, "swept": swept})
    return OK if removed or swept else NOTHING_TO_DO


def withdraw(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Withdraw a document of the active bundle: it is cited no more from now on."""
    withdrawals = withdrawals_of(options.bundles, settings)
    if options.document not in withdrawals.current():
        _check_known(Shelf(options.bundles), options.document)
    made = withdrawals.withdraw(options.document, options.reason, dt.datetime.now(dt.UTC))
    said = {"document_id": made.document_id, "reason": made.reason, "since": made.since}
    _say(options, f"{made.document_id} is withdrawn since {made.since}: {made.reason}", said)
    return OK


def restore(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Undo a withdrawal."""
    done = withdrawals_of(options.bundles, settings).restore(options.document)
    said = "may be cited again; if it is in no bundle, build one" if done else "was not withdrawn"
    _say(options, f"{options.document} {said}", {"document_id": options.document, "restored": done})
    return OK if done else NOTHING_TO_DO


def _check_known(shelf: Shelf, document_id: str) -> None:
    from corpus.bundle import open_bundle

    if open_bundle(shelf.active_folder(), check=False).document(document_id) is None:
        raise BundleError(
            "document_unknown",
            f"the active bundle has no document {document_id!r}",
            "Check the id; it is case-sensitive.",
        )


def _say(options: argparse.Namespace, text: str, document: dict[str, Any]) -> None:
    """The text for people, or with `--json` the one document for machines."""
    print(json.dumps(document, ensure_ascii=False, indent=1) if options.json else text)
