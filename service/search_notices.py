"""What must be known beside the passages of a search: query, passages and date go in; notices, as answers have them, come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from service import outcome_texts as say
from service.answer import Evidence, Notice
from service.question_language import language_of_text
from service.texts import date_in_words
from service.time_frame import published_later


def notices_of_search(query: str, found: Sequence[Evidence], as_of: dt.date) -> tuple[Notice, ...]:
    """`later_source` where a passage's document was published after `as_of`; its `citations` are places in `found`, from 1."""
    later = tuple(n for n, evidence in enumerate(found, 1) if published_later(evidence.source, as_of))
    if not later:
        return ()
    lang = language_of_text(query)
    text = say.LATER_SOURCE.in_(lang, date=date_in_words(as_of.isoformat(), lang))
    return (Notice("later_source", text, later),)
