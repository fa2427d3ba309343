"""A writer and the extracts of the same question in; an answer stated from both out: what the writer's words do not bear, extracts say."""

from __future__ import annotations

from collections.abc import Sequence

from service import outcome_texts as say
from service.answer import Outcome
from service.compose import Draft, Found, Writer, WriterFault
from service.stating import Stating

UNSET = frozenset({"not_installed", "unusable"})
"""Faults of the set-up, not of the model: the mode is not to be had at all."""


def write(stating: Stating, writer: Writer, found: Found, extracts: Sequence[Draft]) -> tuple[Outcome, str]:
    """How the answer ended, and the writer's fault, empty where it had none.

    Whatever happens to the writer, the extracts are stated: never is there less than the extractive answer would have given,
    but for what the writer said better. `withheld` where it wrote and nothing of it could be verified.
    """
    fault, drafts = _written(stating, writer, found, extracts)
    lang = found.lang
    if writer.sent_to and (fault is None or fault.sent):
        stating.notice("sent_to_model", say.SENT_TO_MODEL.in_(lang, host=writer.sent_to))
    outcome = Outcome.ANSWERED
    if fault is not None:
        code = "generative_unavailable" if fault.reason in UNSET else "generator_unavailable"
        wording = fault.notice or (say.GENERATOR_CUT if stating.written else say.GENERATOR_UNAVAILABLE)
        stating.notice(code, wording.in_(lang, install=fault.install))
    elif not drafts:
        stating.notice("nothing_written", say.NOTHING_WRITTEN.in_(lang))
    elif not (stating.written or stating.repeated):
        outcome = Outcome.WITHHELD
        stating.notice("written_withheld", say.WRITTEN_WITHHELD.in_(lang))
    elif stating.dropped:
        stating.notice("statements_dropped", say.STATEMENTS_DROPPED.in_(lang))
    if fault is not None or not stating.written:
        stating.extract_again(extracts)
    return outcome, fault.reason if fault else ""


def _written(
    stating: Stating, writer: Writer, found: Found, extracts: Sequence[Draft]
) -> tuple[WriterFault | None, int]:
    """State what the writer gives, as it comes; the fault that it ended with, and how many drafts it gave."""
    drafts = 0
    try:
        for draft in writer.compose(found):
            drafts += 1
            stating.write(draft, extracts)
    except WriterFault as fault:
        return fault, drafts
    return None, drafts
