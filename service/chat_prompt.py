"""A question and the passages found in; the two messages for a model out, the passages fenced as data by a mark made for this request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from corpus.bundle import Bundle
from corpus.document import Source, Status
from service.answer import Language
from service.compose import Found
from service.texts import Wording, date_in_words
from service.time_frame import published_later, standing
from service.visible_text import seen, speaks_to_machine

PROMPTS = Path(__file__).with_name("prompts")
VERSION = "v1"
MAX_PASSAGES = 8
MAX_PASSAGE_CHARS = 3000
LEFT_OUT = "[…]"
_STANDING: Mapping[Status, Wording] = {
    Status.IN_FORCE: Wording("en vigueur", "in force"),
    Status.SUPERSEDED: Wording("dépassé", "superseded"),
    Status.ANNOUNCED: Wording("annoncé", "announced"),
    Status.DRAFT: Wording("projet", "draft"),
    Status.HISTORICAL: Wording("historique", "historical"),
    Status.UNVERIFIED: Wording("non vérifié", "unverified"),
}
_PASSAGE = Wording(
    "$fence passage $n\ndocument : $title\néditeur : $publisher\npublié le : $published\nétat au $date : $standing\nrubrique : $section\ntexte :\n"
    "$text\n$fence fin du passage $n",
    "$fence passage $n\ndocument: $title\npublisher: $publisher\npublished on: $published\nstanding on $date: $standing\nsection: $section\ntext:\n"
    "$text\n$fence end of passage $n",
)
_ASKED = Wording(
    "$before$passages\n\n$fence question\n$question\n$fence fin de la question",
    "$before$passages\n\n$fence question\n$question\n$fence end of the question",
)
_BEFORE = Wording("$fence questions précédentes\n$questions\n\n", "$fence earlier questions\n$questions\n\n")
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "quotes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"passage": {"type": "integer"}, "words": {"type": "string"}},
                            "required": ["passage", "words"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["text", "quotes"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}
"""What is asked for where a server can be held to a schema: the same form that the prompt shows."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told. `rows` are the passages by their number in it, the first being number 1."""

    system: str
    user: str
    rows: tuple[int, ...]


def prompt_version(lang: Language) -> str:
    """The name of the prompt's file, without its ending."""
    return f"answer.{lang}.{VERSION}"


def prompt_of(found: Found, fence: str) -> Prompt:
    """The prompt of a question. `fence` must be unguessable and new for each request: no document can close its passage with it."""
    rows = _rows(found)
    date = date_in_words(found.question.as_of.isoformat(), found.lang)
    told = (PROMPTS / f"{prompt_version(found.lang)}.txt").read_text(encoding="utf-8")
    user = Template(_wording(_ASKED, found.lang)).substitute(
        fence=fence,
        before=_before(found, fence),
        passages="\n\n".join(_passage(found, row, n, fence, date) for n, row in enumerate(rows, 1)),
        question=_data(found.asked, fence),
    )
    return Prompt(Template(told).substitute(fence=fence, date=date), user, tuple(rows))


def _rows(found: Found) -> list[int]:
    """The passages of the best sentences, in their order."""
    rows = dict.fromkeys(ranked.sentence.passage_row for ranked in found.ranking.sentences)
    return list(rows)[:MAX_PASSAGES]


def _passage(found: Found, row: int, n: int, fence: str, date: str) -> str:
    source = found.bundle.source_of(row)
    published = source.published_on
    held = standing("", source, found.question.as_of)
    return Template(_wording(_PASSAGE, found.lang)).substitute(
        fence=fence,
        n=n,
        title=_data(source.title, fence),
        publisher=_data(source.publisher, fence),
        published=date_in_words(published.isoformat(), found.lang) if published else "?",
        date=date,
        standing=_STANDING[held.status].in_(found.lang) + _known_later(source, found),
        section=_data(" > ".join(found.bundle.section_of(row)), fence) or "-",
        text=_data(_readable(found.bundle, row), fence),
    )


def _known_later(source: Source, found: Found) -> str:
    later = published_later(source, found.question.as_of)
    return f" ({_wording(Wording('publié plus tard', 'published later'), found.lang)})" if later else ""


def _readable(bundle: Bundle, row: int) -> str:
    """A passage's text without what no reader would see, and without sentences that give orders to whoever reads for them."""
    passage = bundle.passage_at(row)
    text, parts, at = passage.text[:MAX_PASSAGE_CHARS], list[str](), 0
    for sentence in _sentences(bundle, row):
        start, end = (place - passage.locator.start for place in sentence)
        if at <= start and speaks_to_machine(text[start:end]):
            parts += [text[at:start], LEFT_OUT]
            at = end
    return seen("".join([*parts, text[at:]]))


def _sentences(bundle: Bundle, row: int) -> Sequence[tuple[int, int]]:
    return [(one.start, one.end) for one in (bundle.sentence_at(n) for n in bundle.sentence_rows(row))]


def _before(found: Found, fence: str) -> str:
    if not found.before:
        return ""
    questions = "\n".join(_data(text, fence) for text in found.before)
    return Template(_wording(_BEFORE, found.lang)).substitute(fence=fence, questions=questions)


def _data(text: str, fence: str) -> str:
    """A text from outside as it may stand within a fence."""
    return seen(text).replace(fence, LEFT_OUT)


def _wording(wording: Wording, lang: Language) -> str:
    """The words for a model: no typography is put in."""
    return wording.fr if lang == "fr" else wording.en
