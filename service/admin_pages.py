"""/admin, the operator's page: a session and a posted form go in; the state of the service, or an act and the way back, come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from corpus.withdrawals import MAX_REASON_CHARS
from service.admin import SESSION_S, Operator
from service.admin_documents import check_id
from service.admin_texts import ADMIN_TEXTS
from service.administration import Administration
from service.answer import Filters
from service.body import read_form
from service.desk import AtDesk, Desk
from service.doorkeeper import address_of
from service.job_progress import MAX_REMARKS, Remark
from service.language import language_of
from service.maintenance import MAX_MESSAGE_CHARS
from service.page_render import Pages
from service.problems import ProblemError, not_found
from service.texts import Wording
from service.wire import bundle_out, evidence_out
from service.wire_admin import bundles_out
from service.wire_request import MAX_QUESTION_CHARS, trimmed_question

COOKIE = "sourcier_admin"
MAX_FORM_BYTES = 65536
NO_SUCH_ACT = Wording("Cette action n'existe pas.", "There is no such act.")
SHOWN_JOBS, SHOWN_ACTS, SEARCHED = 5, 10, 10


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh the documents of one publisher are; `age_days` is that of the newest dated one."""

    publisher: str
    documents: int
    newest: dt.date | None
    oldest: dt.date | None
    age_days: int


def admin_router(pages: Pages) -> APIRouter:
    """The routes of the operator's page."""
    router = APIRouter(include_in_schema=False)
    page = _AdminPage(pages)

    @router.get("/admin")
    async def show(request: Request, desk: AtDesk) -> Response:
        return await page.shown(request, desk) if page.operator(request) else page.login(request)

    @router.post("/admin/login")
    async def login(request: Request) -> Response:
        return await page.signed_in(request)

    @router.post("/admin/search")
    async def search(request: Request, desk: AtDesk) -> Response:
        return await page.searched(request, desk)

    @router.post("/admin/{act:path}")
    async def act(request: Request, desk: AtDesk, act: str) -> Response:
        return await page.acted(request, desk, act)

    return router


class _AdminPage:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def operator(self, request: Request) -> Operator | None:
        return _administration(request).gate.by_session(request.cookies.get(COOKIE, ""))

    def login(self, request: Request, problem: ProblemError | None = None) -> Response:
        error = problem.detail.in_(language_of(request)) if problem else None
        response = self._pages.page(
            request, "admin_login.html", status=problem.kind.status if problem else 200, error=error, a=_words(request)
        )
        response.headers.update(problem.headers if problem else {})
        return response

    async def signed_in(self, request: Request) -> Response:
        """A session for the right token, and the page; the form again for another."""
        gate = _administration(request).gate
        fields = await read_form(request, MAX_FORM_BYTES)
        try:
            who = gate.by_token(fields.get("token", "").strip(), address_of(request.scope))
        except ProblemError as problem:
            return self.login(request, problem)
        _administration(request).audit.write(who.name, "sign in", "", "done", request.state.request_id)
        response = _back(request)
        response.set_cookie(
            COOKIE, gate.new_session(), max_age=SESSION_S, path="/admin", httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    async def acted(self, request: Request, desk: Desk, act: str) -> Response:
        """Do what a form asks for, then show the page by an address of its own, so that reloading repeats nothing."""

        async def do(who: Operator, fields: Mapping[str, str]) -> Response:
            if act == "logout":
                response = _back(request)
                response.delete_cookie(COOKIE, path="/admin")
                return response
            await run_in_threadpool(_do, _administration(request), desk, who, act, fields, request.state.request_id)
            return _back(request, done=True)

        return await self._with_form(request, desk, do)

    async def searched(self, request: Request, desk: Desk) -> Response:
        """The page with the passages found and their scores."""

        async def do(_: Operator, fields: Mapping[str, str]) -> Response:
            query = trimmed_question(fields.get("query", ""), "query")
            found = await desk.admission.run(
                lambda _: desk.engine.search(query, limit=SEARCHED, as_of=desk.clock(), filters=Filters())
            )
            return await self.shown(request, desk, query=query, found=[evidence_out(one) for one in found])

        return await self._with_form(request, desk, do)

    async def _with_form(
        self, request: Request, desk: Desk, do: Callable[[Operator, Mapping[str, str]], Awaitable[Response]]
    ) -> Response:
        """What a form of this session does; what it cannot do is told on the page."""
        who = self.operator(request)
        if who is None:
            return self.login(request, ProblemError("unauthorized", ADMIN_TEXTS["form_expired"]))
        fields = await read_form(request, MAX_FORM_BYTES)
        gate, session = _administration(request).gate, request.cookies.get(COOKIE, "")
        try:
            if not gate.is_form_key(session, fields.get("key", "")):
                raise ProblemError("unauthorized", ADMIN_TEXTS["form_expired"])
            return await do(who, fields)
        except ProblemError as problem:
            request.state.outcome = problem.code
            return await self.shown(request, desk, problem=problem)

    async def shown(
        self, request: Request, desk: Desk, *, problem: ProblemError | None = None, query: str = "", found: Any = None
    ) -> Response:
        """The page as it is now."""
        values = await run_in_threadpool(_state, request, desk)
        lang = language_of(request)
        error = f"{problem.detail.in_(lang)} {problem.kind.hint.in_(lang)}" if problem else None
        return self._pages.page(
            request,
            "admin.html",
            status=problem.kind.status if problem else 200,
            a=_words(request),
            key=_administration(request).gate.form_key(request.cookies.get(COOKIE, "")),
            error=error,
            done="done" in request.query_params,
            query=query,
            found=found,
            docs=desk.settings.docs,
            **values,
        )


def _do(
    office: Administration, desk: Desk, who: Operator, act: str, fields: Mapping[str, str], request_id: str
) -> None:
    """One act of the page.

    Raises: the problems of `Administration`, `not_found` for an act that there is not.
    """
    name, _, rest = act.partition("/")
    target, _, deed = rest.partition("/")
    if act == "reindex":
        office.reindex(who, request_id)
    elif (name, deed) == ("jobs", "cancel"):
        office.cancel(who, target, request_id)
    elif (name, deed) == ("bundles", "activate"):
        office.activate(who, target, request_id)
    elif act == "maintenance":
        office.maintain(who, fields.get("on") == "yes", fields.get("message", ""), request_id)
    elif act == "withdraw":
        document_id = fields.get("document_id", "").strip()
        check_id(document_id)
        cited = desk.engine.bundle.document(document_id) is not None
        office.withdraw(who, document_id, fields.get("reason", ""), cited=cited, request_id=request_id)
    else:
        raise not_found(NO_SUCH_ACT)


def _state(request: Request, desk: Desk) -> dict[str, Any]:
    """What the page shows: bundle, switch, freshness, jobs, bundles, remarks, withdrawals, acts."""
    office, bundle = _administration(request), desk.engine.bundle
    watch = request.app.state.watch
    jobs = office.jobs.all()[:SHOWN_JOBS]
    warnings = [Remark(one.source.id, text) for one in desk.standing() for text in one.warnings]
    last = next((job for job in jobs if job.state != "running"), None)
    failed = [remark for remark in last.remarks if remark.code] if last else []
    return {
        "bundle": bundle_out(bundle),
        "encoder": bundle.card.encoder.name,
        "n_documents": len(desk.standing()),
        "n_passages": len(bundle),
        "refused": watch.refused if watch is not None else None,
        "maintenance": office.switch.current(),
        "max_message": MAX_MESSAGE_CHARS,
        "max_reason": MAX_REASON_CHARS,
        "max_chars": MAX_QUESTION_CHARS,
        "sources": _freshness(desk),
        "jobs": jobs,
        "bundles": bundles_out(office.shelf, bundle.card.id),
        "remarks": [*failed, *warnings][:MAX_REMARKS],
        "withdrawn": sorted(desk.withdrawn.values(), key=lambda one: one.since, reverse=True),
        "acts": office.audit.latest(SHOWN_ACTS),
    }


def _freshness(desk: Desk) -> list[Freshness]:
    """The publishers, whose newest document is the oldest first; those without a date last."""
    sources = sorted((record.source for record in desk.standing()), key=lambda source: source.publisher)
    found = []
    for publisher, group in groupby(sources, key=lambda source: source.publisher):
        listed = list(group)
        days = [source.published_on for source in listed if source.published_on]
        newest = max(days, default=None)
        age_days = (desk.clock() - newest).days if newest else 0
        found.append(Freshness(publisher, len(listed), newest, min(days, default=None), age_days))
    return sorted(found, key=lambda one: (one.newest is None, one.newest or dt.date.min, one.publisher))


def _administration(request: Request) -> Administration:
    administration: Administration = request.app.state.administration
    return administration


def _words(request: Request) -> Callable[..., str]:
    lang = language_of(request)
    return lambda key, **values: ADMIN_TEXTS[key].in_(lang, **values)


def _back(request: Request, *, done: bool = False) -> RedirectResponse:
    query = [f"lang={lang}"] if (lang := request.query_params.get("lang")) in ("fr", "en") else []
    address = "?".join(filter(None, ("/admin", "&".join([*query, *(["done"] if done else [])]))))
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
