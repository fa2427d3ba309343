"""The assistant on another site: a static page with a strict policy, a hostile style sheet, and answers that go wrong."""

from __future__ import annotations

import functools
import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.visits import visiting
from tests.makers import ROOT

pytestmark = pytest.mark.browser
WIDGET = ROOT / "service" / "widget"
HOSTILE = """
* { all: unset !important; font-size: 3px !important; color: red !important }
policy-assistant, button, textarea, p { transform: rotate(9deg) !important }
"""
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Un site</title>{head}
<script type="module" src="{service}/widget.js"></script></head><body><h1>Un site</h1><p>Son texte.</p>
{assistants}</body></html>"""
ONE = (
    '<policy-assistant endpoint="{service}" lang="fr"><a href="{service}/ask">Poser une question</a></policy-assistant>'
)


class Site(BaseHTTPRequestHandler):
    """Serves one page by its path, under a policy that lets the assistant's service in and nothing else."""

    service = ""

    def do_GET(self) -> None:
        assistants = {"/two": ONE + ONE.replace("<policy-assistant", '<policy-assistant mode="inline"')}.get(
            self.path, ONE
        )
        head = '<link rel="stylesheet" href="/hostile.css">' if self.path == "/hostile" else ""
        html = PAGE.format(service=self.service, head=head, assistants=assistants.format(service=self.service))
        kind, body = ("text/css", HOSTILE) if self.path == "/hostile.css" else ("text/html", html)
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; script-src {self.service}; connect-src {self.service}; style-src 'self'; "
            "require-trusted-types-for 'script'; trusted-types 'none'",
        )
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(service_url: str, site_port: int) -> Iterator[str]:
    handler = type("SiteOfService", (Site,), {"service": service_url})
    server = ThreadingHTTPServer(("127.0.0.1", site_port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site_port}"
    server.shutdown()


def test_two_lines_put_the_assistant_on_a_site_with_a_strict_policy(browser: Any, site: str, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site)
        launcher = visit.page.get_by_role("button", name="Poser une question")
        launcher.wait_for()
        assert launcher.get_attribute("aria-haspopup") == "dialog"
        asked_before = [url for url in visit.requests if url.startswith(service_url)]
        assert set(asked_before) <= {
            f"{service_url}/widget.js",
            *(f"{service_url}/widget/{n}.js" for n in ("element", "dom", "words")),
        }
        height = visit.page.evaluate("document.documentElement.scrollHeight")
        launcher.click()
        visit.ask()
        assert visit.page.locator(".panel mark").count() > 0
        assert visit.page.evaluate("document.documentElement.scrollHeight") == height
        assert visit.complaints == []


def test_escape_closes_the_dialog_and_gives_the_focus_back(browser: Any, site: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(site)
        visit.page.get_by_role("button", name="Poser une question").click()
        visit.page.get_by_role("dialog", name="Assistant documentaire").wait_for()
        assert visit.focused() == "question"
        visit.page.keyboard.press("Escape")
        assert visit.page.get_by_role("dialog").count() == 0
        assert visit.focused() == "Poser une question"


def test_a_hostile_style_sheet_does_not_reach_the_assistant(browser: Any, site: str) -> None:
    with visiting(browser) as visit:
        sizes = []
        for path in ("/", "/hostile"):
            visit.page.goto(site + path)
            visit.page.locator("button.launcher").click()
            visit.page.locator(".composer textarea").wait_for()
            sizes.append(visit.page.locator(".composer textarea").bounding_box())
        assert sizes[0] == sizes[1]


def test_two_assistants_live_on_one_page(browser: Any, site: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(f"{site}/two")
        inline = visit.page.locator("policy-assistant[mode=inline] .composer textarea")
        inline.fill("Qui a publié l’état des lieux de l’IA en santé ?")
        inline.press("Enter")
        visit.page.locator("policy-assistant[mode=inline] .answer").wait_for()
        visit.page.locator("button.launcher").first.click()
        visit.page.locator(".panel.dialog textarea").wait_for()
        assert visit.page.locator(".panel.dialog .turn").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_is_accessible_to_a_machine_eye(browser: Any, site: str, axe: str, scheme: str) -> None:
    with visiting(browser, scheme=scheme) as visit:
        visit.page.goto(site)
        visit.page.locator("button.launcher").wait_for()
        mine = ("region", "landmark-one-main", "page-has-heading-one")  # the host page's own affairs
        closed = [found for found in visit.violations(axe) if not found.startswith(mine)]
        visit.page.locator("button.launcher").click()
        visit.ask()
        opened = [found for found in visit.violations(axe) if not found.startswith(mine)]
        assert (closed, opened) == ([], [])


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (1280, 400)])
def test_the_dialog_fits_a_small_window(browser: Any, site: str, width: int, height: int) -> None:
    with visiting(browser, width=width, height=height) as visit:
        visit.page.goto(site)
        visit.page.locator("button.launcher").click()
        visit.ask()
        assert visit.overflow() <= 0
        assert visit.page.locator(".panel").evaluate("panel => panel.scrollWidth <= panel.clientWidth")
        visit.page.get_by_role("button", name="Fermer").click()
        assert visit.page.get_by_role("dialog").count() == 0


def problem(code: str, status: int, **headers: str) -> dict[str, Any]:
    body = {"code": code, "status": status, "detail": "<img src=x onerror=alert(1)>", "request_id": "req_1"}
    return {"status": status, "content_type": "application/problem+json", "body": json.dumps(body), "headers": headers}


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (problem("rate_limited", 429, **{"Retry-After": "24"}), "Trop de questions. Réessayez dans 24"),
        (problem("overloaded", 503), "<img src=x onerror=alert(1)>"),
        (problem("question_too_long", 422), "<img src=x onerror=alert(1)>"),
        (problem("internal_error", 500), "Le service ne répond pas"),
        ({"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"}, "Le service ne répond pas"),
        ({"status": 200, "content_type": "application/json", "body": "{"}, "Le service ne répond pas"),
        (None, "Hors connexion"),
    ],
)
def test_a_fault_is_said_and_the_question_kept(browser: Any, service_url: str, reply: Any, said: str) -> None:
    with visiting(browser) as visit:
        act = (lambda route: route.fulfill(**reply)) if reply else (lambda route: route.abort())
        visit.page.route("**/v1/answers*", act)
        visit.page.goto(service_url)
        visit.page.locator(".composer textarea").fill("Ma question ?")
        visit.page.locator(".composer textarea").press("Enter")
        alert = visit.page.locator(".panel [role=alert]")
        alert.wait_for()
        assert said in alert.text_content()
        assert visit.page.locator(".composer textarea").input_value() == "Ma question ?"
        assert visit.page.locator(".panel .turn").count() == 0
        assert visit.page.locator(".panel img").count() == 0


def test_an_answer_that_is_slow_can_be_stopped(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.route("**/v1/answers*", lambda route: None)
        visit.page.goto(service_url)
        field = visit.page.locator(".composer textarea")
        field.fill("Une question lente ?")
        field.press("Enter")
        send = visit.page.get_by_role("button", name="Envoyer")
        assert send.get_attribute("aria-disabled") == "true"
        assert send.get_attribute("disabled") is None
        field.press("Enter")
        assert "en cours" in visit.page.locator(".panel [role=alert]").text_content()
        visit.page.get_by_role("button", name="Arrêter").click()
        visit.page.get_by_role("button", name="Arrêter").wait_for(state="hidden")
        assert field.input_value() == "Une question lente ?"
        assert visit.focused() == "question"


def test_nothing_in_an_answer_can_become_markup(browser: Any, service_url: str) -> None:
    """Titles, quotes, notices and sections of the service's answer are replaced by attacks: all stay text."""
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"

    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            kept = ("outcome", "completeness", "status", "lang", "language", "published_on", "page_text", "view")
            return {k: v if k in kept else poison(v) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return attack if isinstance(value, str) else value

    def answer(route: Any) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, body=json.dumps(poison(reply.json())))

    with visiting(browser) as visit:
        visit.page.route("**/v1/answers*", answer)
        visit.page.goto(service_url)
        visit.ask()
        assert attack in visit.page.locator(".panel .answer").text_content()
        assert visit.page.locator(".panel img, .panel script").count() == 0
        assert visit.page.title() != "taken"


def test_the_scripts_are_small_and_never_make_html_of_a_string() -> None:
    files = [WIDGET / "widget.js", *sorted((WIDGET / "widget").glob("*.js"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|style=|localStorage|cookie"
    )
    assert re.findall(forbidden, text) == []
    packed = functools.partial(gzip.compress, mtime=0)
    assert sum(len(packed(path.read_bytes())) for path in files) <= 20 * 1024
