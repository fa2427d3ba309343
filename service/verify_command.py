"""`python -m service verify`: the path of a kept answer goes in; a report and an exit code come out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from corpus.errors import KnownError
from corpus.shelf import Shelf
from service import verify_texts as say
from service.receipt import MAX_RECEIPT_BYTES, read_receipt
from service.verify import Verdict, verify

VERIFIED, DIFFERS = 0, 1


def run(options: argparse.Namespace) -> tuple[str, int]:
    """What to print, and the exit code: 0 where everything matches, 1 where something does not.

    Raises: `answer_unreadable`, `answer_invalid`, and what `verify` raises.
    """
    verdict = verify(read_receipt(_read(options.answer)), Shelf(options.bundles), options.lang)
    report = json.dumps(verdict.to_json(), ensure_ascii=False, indent=1) if options.json else report_text(verdict)
    return report, VERIFIED if verdict.verified else DIFFERS


def report_text(verdict: Verdict) -> str:
    """The report of a person: the bundles, each with what differs there."""
    lang = verdict.lang
    lines = [say.HEAD.in_(lang, answer=verdict.answer_id, n=verdict.n_quotes)]
    lines += [f"  ! {finding.text}" for finding in verdict.findings if finding.bundle_id is None]
    for one in verdict.compared:
        found = [finding for finding in verdict.findings if finding.bundle_id == one.bundle_id]
        outcome = say.DIFFERS.in_(lang, n=len(found)) if found else say.STANDS.in_(lang)
        lines.append(f"{one.bundle_id} ({say.ROLES[one.role].in_(lang)}) : {outcome}")
        lines += [f"  ! [{finding.citation}] {finding.text}" for finding in found]
    return "\n".join(lines)


def _read(name: str) -> bytes:
    """The bytes of the file, or of stdin: no more than a receipt may have."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_RECEIPT_BYTES + 1)
        with Path(name).open("rb") as stream:
            return stream.read(MAX_RECEIPT_BYTES + 1)
    except OSError as bad:
        reason = f"{name} cannot be read: {bad.strerror}."
        raise KnownError("answer_unreadable", reason, "Give the path of the answer's JSON.") from bad
