"""What agents may do here: the arguments of `search`, `fetch` or `answer` go in; passages, a text or a cited answer come out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError
from starlette.requests import Request

from corpus.document import Source
from corpus.passage import Locator, parse_passage_id
from service.answer import Filters
from service.answer_text import text_of
from service.body import problem_of_error
from service.desk import Desk
from service.links import reading_address, view_path
from service.mcp_wire import AnswerResult, FetchResult, SearchResult, Section, answer_result, metadata_of
from service.problems import not_found
from service.routes_answers import whole_answer
from service.routes_corpus import check_not_withdrawn, record_of
from service.search_notices import notices_of_search
from service.texts import Wording, french
from service.time_frame import on_date
from service.wire_parts import Out
from service.wire_request import AnswerRequest, Strict, trimmed_question

MAX_FETCH_CHARS = 40_000
CONTEXT_CHARS = 600


def both(fr: str, en: str) -> str:
    """What a tool says of itself, in both languages: an agent's language is not known beforehand."""
    return f"{french(fr)} / {en}"


AS_OF = both(
    "Date à laquelle cela doit valoir, AAAA-MM-JJ ; aujourd'hui par défaut.",
    "The date on which it must hold; today by default.",
)
LANG = both("Langue ; celle de la question par défaut.", "Language; the question's by default.")
Arguments = Mapping[str, Any]
Model = TypeVar("Model", bound=Strict)


class SearchArguments(Strict):
    """What `search` takes."""

    query: Annotated[str, Field(description=both("Mots ou question, 1 à 500 caractères.", "Words or a question."))]
    limit: Annotated[int, Field(ge=1, le=50, description=both("Nombre de passages.", "How many passages."))] = 10
    as_of: Annotated[dt.date | None, Field(description=AS_OF)] = None


class FetchArguments(Strict):
    """What `fetch` takes."""

    id: Annotated[
        str,
        Field(
            max_length=400,
            description=both(
                "Un `id` ou un `document_id` que search ou answer a rendu.", "An `id` or `document_id` that they gave."
            ),
        ),
    ]


class AnswerArguments(Strict):
    """What `answer` takes."""

    question: Annotated[
        str,
        Field(
            description=both(
                "Une question, 1 à 500 caractères, en français ou en anglais.", "A question, in French or English."
            )
        ),
    ]
    lang: Annotated[
        Literal["fr", "en"] | None,
        Field(description=both("Langue ; celle de la question par défaut.", "Language; the question's by default.")),
    ] = None
    as_of: Annotated[dt.date | None, Field(description=AS_OF)] = None


@dataclass(frozen=True, slots=True)
class Caller:
    """One call: the HTTP request that it came by, what it may reach, and this service's address."""

    request: Request
    desk: Desk
    base_url: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as agents see it. `asks` is whether calling it is asking a question, held to limits and to maintenance."""

    name: str
    title: str
    description: str
    takes: type[Strict]
    gives: type[Out]
    run: Callable[[Caller, Arguments], Awaitable[tuple[Out, str]]]
    asks: bool = True


def arguments(model: type[Model], given: Arguments) -> Model:
    """What a call gives, as its tool takes it.

    Raises: `invalid_request` naming what cannot be used.
    """
    try:
        return model.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        raise problem_of_error(first["type"], first["loc"], first["msg"], first.get("ctx", {})) from None


async def search(caller: Caller, given: Arguments) -> tuple[SearchResult, str]:
    """The passages nearest to a query, best first."""
    asked = arguments(SearchArguments, given)
    desk = caller.desk
    query = trimmed_question(asked.query, "query")
    as_of = asked.as_of or desk.clock()
    found = await desk.admission.run(
        lambda _permit: desk.engine.search(query, limit=asked.limit, as_of=as_of, filters=Filters())
    )
    sections = [
        Section(
            id=one.passage.id,
            title=one.source.title,
            url=_url(caller, one.source, one.passage.locator),
            text=one.passage.text,
            score=round(one.score, 4),
            metadata=metadata_of(one.source, one.passage.locator),
        )
        for one in found
    ]
    notices = [notice.text for notice in notices_of_search(query, found, as_of)]
    made = SearchResult(results=sections, notices=notices, as_of=as_of, bundle_id=desk.engine.bundle.card.id)
    return made, made.model_dump_json()


async def fetch(caller: Caller, given: Arguments) -> tuple[FetchResult, str]:
    """A passage with what stands around it, or a document's text from its beginning.

    Raises: `gone`, `not_found`.
    """
    asked = arguments(FetchArguments, given)
    desk = caller.desk
    made = _passage(caller, asked.id) if parse_passage_id(asked.id) else _document(caller, asked.id)
    if made is None:
        check_not_withdrawn(desk, asked.id.partition(".")[0])
        raise not_found(Wording("Aucun passage ni document ne porte cet identifiant.", "Nothing has this id."))
    return made, made.model_dump_json()


async def answer(caller: Caller, given: Arguments) -> tuple[AnswerResult, str]:
    """A cited answer; as text, with its sources listed."""
    asked = arguments(AnswerArguments, given)
    wanted = AnswerRequest(question=asked.question, lang=asked.lang, as_of=asked.as_of)
    made = await whole_answer(caller.request, caller.desk, wanted)
    text = text_of(made, caller.base_url).whole
    return answer_result(made, caller.base_url), text


def _passage(caller: Caller, passage_id: str) -> FetchResult | None:
    bundle = caller.desk.engine.bundle
    passage = bundle.passage(passage_id)
    if passage is None:
        return None
    source = on_date(record_of(caller.desk, passage.document_id).source, caller.desk.clock())
    place = passage.locator
    page = bundle.page(passage.document_id, place.page_index)
    around = page.text if page else ""
    return FetchResult(
        id=passage.id,
        title=source.title,
        text=passage.text,
        before=around[max(0, place.start - CONTEXT_CHARS) : place.start],
        after=around[place.end : place.end + CONTEXT_CHARS],
        truncated=False,
        url=_url(caller, source, place),
        metadata=metadata_of(source, place),
    )


def _document(caller: Caller, document_id: str) -> FetchResult | None:
    bundle = caller.desk.engine.bundle
    record = bundle.document(document_id)
    if record is None:
        return None
    source = on_date(record_of(caller.desk, document_id).source, caller.desk.clock())
    text, n = "", 0
    while n < record.n_pages and len(text) <= MAX_FETCH_CHARS:
        text += ("\n\n" if n else "") + bundle.page_text(record.first_page + n)
        n += 1
    return FetchResult(
        id=source.id,
        title=source.title,
        text=text[:MAX_FETCH_CHARS],
        before="",
        after="",
        truncated=n < record.n_pages or len(text) > MAX_FETCH_CHARS,
        url=reading_address(source.url, view_path(source.id), caller.base_url),
        metadata=metadata_of(source, None),
    )


def _url(caller: Caller, source: Source, place: Locator) -> str:
    path = view_path(source.id, place.page_index, place.start, place.end)
    return reading_address(source.url, path, caller.base_url)


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "search",
            both("Chercher des passages", "Search passages"),
            both(
                "Cherche dans les documents couverts et rend les passages les plus proches, mot pour mot, avec leur document, "
                "leur page et leur statut à la date demandée. Les passages sont classés, non jugés : il y en a toujours.",
                "Searches the covered documents and gives the nearest passages, word for word, with their document, page and "
                "standing on the asked date. Passages are ranked, not judged: there are always some.",
            ),
            SearchArguments,
            SearchResult,
            search,
        ),
        Tool(
            "fetch",
            both("Lire un passage ou un document", "Read a passage or a document"),
            both(
                "Rend un passage avec ce qui l'entoure, ou le texte d'un document, par son identifiant.",
                "Gives a passage with what stands around it, or a document's text, by its id.",
            ),
            FetchArguments,
            FetchResult,
            fetch,
            asks=False,
        ),
        Tool(
            "answer",
            both("Répondre avec citations", "Answer with citations"),
            both(
                "Répond à une question à partir d'extraits exacts et vérifiés des documents couverts, chacun avec sa source ; "
                "dit quand les documents ne répondent pas (`outcome`). Citez les extraits tels quels.",
                "Answers a question from exact, verified extracts of the covered documents, each with its source; says when "
                "they do not answer (`outcome`). Quote the extracts as they are.",
            ),
            AnswerArguments,
            AnswerResult,
            answer,
        ),
    )
}
