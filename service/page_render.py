"""HTML pages: a request, a template's name and its values go in; an HTML response in the reader's language comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corpus.document import Status
from service.answer import Language
from service.language import LANGUAGES, language_of
from service.page_text import context_after, context_before
from service.page_texts import KIND_LABELS, PAGE_TEXTS, STATUS_LABELS
from service.problems import ProblemError
from service.texts import count_in_words, date_in_words, month_in_words
from service.wire import DocumentRefOut, QuoteOut
from service.wire_parts import PageRefOut

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """The templates, compiled once. Every value is escaped; nothing in a document can become markup."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(
        self, request: Request, template: str, *, status: int = 200, policy: str = PAGE_POLICY, **values: Any
    ) -> Response:
        """The page of a template, never stored: it may hold a question."""
        reader = Reader(request)
        html = self._templates.get_template(template).render(reader=reader, t=reader.text, lang=reader.lang, **values)
        return HTMLResponse(
            html,
            status,
            {
                "Cache-Control": "no-store",
                "Content-Language": reader.lang,
                "Content-Security-Policy": policy,
                "Vary": "Accept-Language",
            },
        )

    def problem(self, request: Request, problem: ProblemError) -> Response:
        """The page of a problem, for a person who followed a link."""
        request.scope.setdefault("state", {})["outcome"] = problem.code
        lang = language_of(request)
        response = self.page(
            request,
            "problem.html",
            status=problem.kind.status,
            title=problem.kind.title.in_(lang),
            detail=problem.detail.in_(lang),
            hint=problem.kind.hint.in_(lang) if problem.code != "not_found" else "",
            request_id=request.state.request_id,
        )
        response.headers.update(problem.headers)
        return response


class Reader:
    """Who reads a page: their language, and how addresses, dates and names are written for them."""

    def __init__(self, request: Request) -> None:
        self.lang: Language = language_of(request)
        self._chosen = request.query_params.get("lang") in LANGUAGES
        self._path = request.url.path
        self._query = [
            (k, v) for k, v in request.query_params.multi_items() if k in ("page", "start", "end", "by", "view")
        ]
        self.origin = str(request.base_url).rstrip("/")

    def text(self, key: str, **values: object) -> str:
        """One of our texts."""
        return PAGE_TEXTS[key].in_(self.lang, **values)

    def link(self, path: str) -> str:
        """A path of this service that keeps the language, where the reader chose it."""
        if not self._chosen:
            return path
        parts = urlsplit(path)
        query = "&".join(filter(None, (parts.query, urlencode({"lang": self.lang}))))
        return parts._replace(query=query).geturl()

    def other_language(self) -> Language:
        """The language that this page is not in."""
        return "en" if self.lang == "fr" else "fr"

    def other_link(self) -> str:
        """This page in the other language."""
        return f"{self._path}?{urlencode([*self._query, ('lang', self.other_language())])}"

    def here(self, path: str) -> bool:
        """Whether this page is that of a path, or below it."""
        return self._path == path or (path != "/" and self._path.startswith(path + "/"))

    def date(self, day: object) -> str:
        """A date in words; empty where there is none."""
        return date_in_words(str(day), self.lang) if day else ""

    def count(self, number: int) -> str:
        """A number in figures."""
        return count_in_words(number, self.lang)

    def status(self, document: Any) -> str:
        """The standing of a document or a statement, in a word; with its date, where the document has one."""
        word = STATUS_LABELS[document.status].in_(self.lang)
        until, start = getattr(document, "valid_to", None), getattr(document, "valid_from", None)
        if document.status is Status.SUPERSEDED and until:
            return self.text("until_status", status=word, date=self.date(until))
        if document.status is Status.ANNOUNCED and start:
            return self.text("from_status", status=word, date=self.date(start))
        return word

    def group(self, name: str, by: str) -> str:
        """The heading of a group of the catalogue."""
        if by == "status":
            return STATUS_LABELS[Status(name)].in_(self.lang)
        if by == "date":
            return month_in_words(name, self.lang) if name else self.text("undated")
        return name or "-"

    def kind(self, document: DocumentRefOut) -> str:
        """What sort of document it is."""
        return KIND_LABELS[document.kind].in_(self.lang)

    def source_name(self, n: int, document: DocumentRefOut, page: PageRefOut | None) -> str:
        """What a citation is called: "Source 2 : title, page 12"."""
        name = self.text("source_name", n=n, title=document.title)
        return f"{name}, {self.text('page_n', label=page.label)}" if page else name

    def around(self, quote: QuoteOut) -> tuple[str, str]:
        """What stands before and after a quote in its paragraph."""
        return context_before(quote.prefix, quote.start), context_after(quote.suffix)
