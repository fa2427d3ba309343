"""A kept answer and the shelf of bundles go in; what no longer matches, bundle by bundle and citation by citation, comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from corpus.bundle import Bundle, DocumentRecord, open_bundle
from corpus.document import Page
from corpus.errors import BundleError
from corpus.shelf import Shelf
from corpus.withdrawals import Withdrawal
from service import verify_texts as say
from service.answer import Language
from service.receipt import CitationClaim, Receipt, StatementClaim, printable
from service.texts import Wording

Role = Literal["answer", "active", "both"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not match; `code` is stable, `citation` its number, `bundle_id` what it was compared with."""

    code: str
    text: str
    citation: int | None = None
    bundle_id: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A bundle that the answer was compared with: the one that it names, the active one, or both at once."""

    bundle_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole result; `lang` is that of its texts."""

    answer_id: str
    lang: Language
    n_quotes: int
    compared: tuple[Compared, ...]
    findings: tuple[Finding, ...]

    @property
    def verified(self) -> bool:
        """Whether everything matches."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "verified": self.verified,
            "answer_id": self.answer_id,
            "quotes": self.n_quotes,
            "bundles": [{"id": one.bundle_id, "role": one.role} for one in self.compared],
            "findings": [
                {"code": f.code, "citation": f.citation, "bundle_id": f.bundle_id, "text": f.text}
                for f in self.findings
            ],
        }


def verify(receipt: Receipt, shelf: Shelf, lang: Language | None = None) -> Verdict:
    """The receipt compared with the bundle that it names, where that is still on the shelf, and with the active one.

    Raises: `bundle_missing` where there is neither, `bundle_format` and `bundle_corrupt` of the active one, `withdrawals_damaged`.
    """
    return _Verification(receipt, shelf, lang or receipt.lang).verdict()


class _Verification:
    """One receipt on its way."""

    def __init__(self, receipt: Receipt, shelf: Shelf, lang: Language) -> None:
        self._receipt = receipt
        self._shelf = shelf
        self._lang: Language = lang
        self._withdrawn: Mapping[str, Withdrawal] = shelf.withdrawals().current()
        self._findings: list[Finding] = []
        self._compared: list[Compared] = []

    def verdict(self) -> Verdict:
        self._check_itself()
        self._check_withdrawn()
        named, active = self._receipt.bundle.id, self._shelf.active_id()
        here = {card.id for card in self._shelf.cards()}
        if named not in here:
            self._find("bundle_gone", say.BUNDLE_GONE, bundle=printable(named))
        elif named != active:
            self._compare_named(named)
        if active is not None or not self._compared:
            bundle = open_bundle(self._shelf.active_folder())
            self._compare(bundle, "both" if bundle.card.id == named else "active")
        quotes = len(self._receipt.citations)
        return Verdict(printable(self._receipt.id), self._lang, quotes, tuple(self._compared), tuple(self._findings))

    def _compare_named(self, named: str) -> None:
        try:
            bundle = open_bundle(self._shelf.folder / named)
        except BundleError as bad:
            self._find("bundle_damaged", say.BUNDLE_DAMAGED, bundle=named, reason=bad.message)
            return
        self._compare(bundle, "answer")

    def _compare(self, bundle: Bundle, role: Role) -> None:
        self._compared.append(Compared(bundle.card.id, role))
        for citation in self._receipt.citations:
            for code, wording, values in mismatches(citation, bundle, own=role != "active"):
                self._find(code, wording, citation.n, bundle.card.id, **values)

    def _check_itself(self) -> None:
        """Whether the receipt agrees with itself: each statement is cited, and is its quote unless a model worded it."""
        quotes: dict[int, str] = {}
        for citation in self._receipt.citations:
            if citation.n in quotes:
                self._find("citation_twice", say.CITATION_TWICE, citation.n, n=citation.n)
            quotes[citation.n] = citation.quote.exact
            if not (citation.document.sha256 and citation.text_sha256):
                self._find("digest_missing", say.DIGEST_MISSING, citation.n, n=citation.n)
        for row, statement in enumerate(self._receipt.statements, 1):
            self._check_statement(row, statement, quotes)
        stated = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in self._receipt.statements)
        answered = self._receipt.outcome == "answered"
        if answered and self._receipt.mode == "extractive" and self._receipt.text != stated:
            self._find("text_altered", say.TEXT_ALTERED)
        if answered and not self._receipt.statements:
            self._find("no_statement", say.NO_STATEMENT)

    def _check_statement(self, row: int, statement: StatementClaim, quotes: Mapping[int, str]) -> None:
        if not statement.citations:
            self._find("statement_without_citation", say.STATEMENT_WITHOUT_CITATION, row=row)
        for n in statement.citations:
            if n not in quotes:
                self._find("citation_missing", say.CITATION_MISSING, n, row=row, n=n)
        cited = [quotes[n] for n in statement.citations if n in quotes]
        worded = statement.ai_generated and self._receipt.mode == "generative"
        if cited and not worded and statement.text not in cited:
            self._find("statement_altered", say.STATEMENT_ALTERED, row=row)

    def _check_withdrawn(self) -> None:
        for citation in self._receipt.citations:
            withdrawal = self._withdrawn.get(citation.document.id)
            if withdrawal is not None:
                values = {"document": withdrawal.document_id, "day": withdrawal.since[:10], "reason": withdrawal.reason}
                self._find("document_withdrawn", say.DOCUMENT_WITHDRAWN, citation.n, **values)

    def _find(
        self, code: str, wording: Wording, citation: int | None = None, bundle_id: str | None = None, **values: object
    ) -> None:
        self._findings.append(Finding(code, wording.in_(self._lang, **values), citation, bundle_id))


Mismatch = tuple[str, Wording, dict[str, object]]


def mismatches(claim: CitationClaim, bundle: Bundle, *, own: bool) -> Iterator[Mismatch]:
    """What of a citation does not match a bundle. In its own bundle every difference was made after the answer was given."""
    record = bundle.document(claim.document.id)
    if record is None:
        yield "document_gone", say.DOCUMENT_GONE, {"document": printable(claim.document.id)}
        return
    document = record.source.id
    if claim.document.sha256 and claim.document.sha256 != record.source.sha256:
        code, wording = ("digest_altered", say.DIGEST_ALTERED) if own else ("document_changed", say.DOCUMENT_CHANGED)
        yield code, wording, {"document": document}
    same_text = not claim.text_sha256 or claim.text_sha256 == record.text_sha256
    if not same_text and own:
        yield "digest_altered", say.DIGEST_ALTERED, {"document": document}
    yield from _quote_mismatches(claim, bundle, record, same_text=same_text or own)
    if own or same_text:
        yield from _detail_mismatches(claim, bundle, record)


def _quote_mismatches(
    claim: CitationClaim, bundle: Bundle, record: DocumentRecord, *, same_text: bool
) -> Iterator[Mismatch]:
    """Where the quote stands, if it does; a text that did not change cannot have lost it."""
    index = claim.page.index if claim.page else 0
    quote, values = claim.quote, {"document": record.source.id}
    page = bundle.page(record.source.id, index)
    in_place = page is not None and page.text[quote.start : quote.end] == quote.exact
    if in_place and same_text:
        return
    if in_place:
        yield "text_changed", say.TEXT_CHANGED_QUOTE_STANDS, dict(values)
        return
    found = _find_quote(bundle, record, quote.exact, index)
    if found is None and same_text:
        yield "quote_altered", say.QUOTE_ALTERED, dict(values)
    elif found is None:
        yield "quote_gone", say.QUOTE_GONE, dict(values)
    else:
        where, start = found
        place = {"page": where.label or str(where.index + 1), "start": start, "end": start + len(quote.exact)}
        code = "quote_moved" if where.index == index else "quote_elsewhere"
        wording: Wording = say.MOVED[code, same_text]
        yield code, wording, {**values, **place}


def _find_quote(bundle: Bundle, record: DocumentRecord, exact: str, index: int) -> tuple[Page, int] | None:
    """The page nearest to `index` that holds the words, and where they begin there."""
    for near in sorted(range(record.n_pages), key=lambda n: abs(n - index)):
        start = bundle.page_text(record.first_page + near).find(exact)
        if start >= 0:
            return bundle.page_at(record.first_page + near), start
    return None


def _detail_mismatches(claim: CitationClaim, bundle: Bundle, record: DocumentRecord) -> Iterator[Mismatch]:
    """What the receipt says of the document and its page, where the bundle says otherwise."""
    source = record.source
    page = bundle.page(source.id, claim.page.index) if claim.page else None
    told: Mapping[str, Callable[[], bool]] = {
        "title": lambda: claim.document.title == source.title,
        "publisher": lambda: claim.document.publisher == source.publisher,
        "published_on": lambda: claim.document.published_on == source.published_on,
        "url": lambda: claim.document.url == source.url,
        "page.label": lambda: (
            claim.page is None or page is None or claim.page.label == (page.label or str(page.index + 1))
        ),
    }
    for field, agrees in told.items():
        if not agrees():
            yield "details_differ", say.DETAILS_DIFFER, {"document": source.id, "field": field}
