"""Visits to a page in a real browser: a scheme, a language and a size go in; a page under watch comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

QUESTION = "Quand l’état des lieux de l’IA en santé a-t-il été publié, et par qui ?"
NOWHERE = "Combien de radiologues exercent à l’hôpital de Vierzon ?"

LISTEN = """() => {
    window.heard = [];
    const root = document.querySelector("policy-assistant").shadowRoot;
    const spoken = (node) => node.nodeType === 1 && (node.closest("[role=status], [role=alert]") || node.querySelector("[role=alert]"));
    new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((n) => {
        const element = n.nodeType === 1 ? n : n.parentElement;
        if (element && spoken(element)) heard.push(n.textContent);
    }))).observe(root, {childList: true, subtree: true, characterData: true});
}"""


@dataclass
class Visit:
    """A page, what it asked for, and what the browser complained of: faults, refusals of the policy, missing files."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def send(self, question: str = QUESTION) -> None:
        """Type a question into the assistant and send it."""
        self.page.locator(".composer textarea").fill(question)
        self.page.locator(".composer textarea").press("Enter")

    def ask(self, question: str = QUESTION) -> None:
        """Send a question and wait for its answer."""
        self.send(question)
        self.page.locator(".panel .reply:not([aria-busy])").first.wait_for()

    def clear(self) -> None:
        """Forget the conversation, and confirm it."""
        self.page.get_by_role("button", name="Effacer la conversation").click()
        self.page.get_by_role("button", name="Effacer", exact=True).click()

    def open(self, url: str) -> None:
        """Go to a page of another site and open its assistant."""
        self.page.goto(url)
        self.page.locator("button.launcher").click()
        self.page.locator(".composer textarea").wait_for()

    def hear(self) -> None:
        """Begin to note what is announced: what is put into a region that speaks, and alerts."""
        self.page.evaluate(LISTEN)

    def heard(self) -> list[str]:
        """What was announced since."""
        said: list[str] = self.page.evaluate("heard")
        return said

    def violations(self, axe: str) -> list[str]:
        """What axe-core finds wrong, shadow trees included; loaded past the page's policy, as a reader's tool would be."""
        found = self.page.evaluate(
            axe + ";axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"
        )
        return [f"{v['id']}: {json.dumps([n['target'] for n in v['nodes']])}" for v in found["violations"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def focused(self) -> str:
        """A word for what has the focus, looked up through shadow trees: its label, its text, or its tag."""
        said: str = self.page.evaluate(
            """() => {
                let at = document.activeElement;
                while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                return at.getAttribute("aria-label") || at.id || at.textContent.trim() || at.tagName;
            }"""
        )
        return said


@contextmanager
def visiting(
    browser: Any,
    *,
    scheme: str = "light",
    forced: bool = False,
    lang: str = "fr",
    width: int = 1280,
    height: int = 800,
    **more: Any,
) -> Iterator[Visit]:
    """A visit in a fresh profile; nothing is remembered from another."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        forced_colors="active" if forced else "none",
        locale={"fr": "fr-FR", "en": "en-GB"}[lang],
        **more,
    )
    visit = Visit(context.new_page())
    visit.page.on("request", lambda request: visit.requests.append(request.url))
    visit.page.on("pageerror", lambda fault: visit.complaints.append(str(fault)))
    visit.page.on("console", lambda said: said.type in ("error", "warning") and visit.complaints.append(said.text))
    try:
        yield visit
    finally:
        context.close()
