"""The operator's page in a real browser: signed in by keyboard, looked at by axe in both schemes, at every width."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from corpus.encoder import Encoder
from tests.admin_maker import TOKEN, office
from tests.browser.conftest import free_port
from tests.browser.visits import Visit, visiting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def admin_url(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    with office(tmp_path_factory.mktemp("admin"), encoder) as made:
        port = free_port()
        config = uvicorn.Config(made.client.app, port=port, log_level="warning", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
        yield f"http://127.0.0.1:{port}/admin"
        server.should_exit = True
        thread.join(10)


def sign_in(visit: Visit, url: str) -> None:
    visit.page.goto(url)
    visit.page.locator("#token").fill(TOKEN)
    visit.page.keyboard.press("Enter")
    visit.page.locator("#state").wait_for()
    visit.page.wait_for_load_state()  # the styles too


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_machine_eye_finds_nothing_wrong(browser: Any, admin_url: str, axe: str, scheme: str, lang: str) -> None:
    with visiting(browser, scheme=scheme, lang=lang) as visit:
        visit.page.goto(admin_url)
        found = {"sign in": visit.violations(axe)}
        visit.page.locator("#token").fill("wrong")
        visit.page.keyboard.press("Enter")
        visit.page.locator("[role=alert]").wait_for()
        found["refused"] = visit.violations(axe)
        sign_in(visit, admin_url)
        found["page"] = visit.violations(axe)
        visit.page.locator("form[action^='/admin/reindex'] button").click()
        visit.page.locator("#jobs ~ .wide").wait_for()
        found["job"] = visit.violations(axe)
        visit.page.locator("#query").fill("plafond de la PECAN")
        visit.page.keyboard.press("Enter")
        visit.page.locator("#search ~ .wide").wait_for()
        found["search"] = visit.violations(axe)
        assert {state: violations for state, violations in found.items() if violations} == {}
        assert [said for said in visit.complaints if "401" not in said and "409" not in said] == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 800), (320, 256)])
def test_the_page_is_never_wider_than_the_window(browser: Any, admin_url: str, width: int, height: int) -> None:
    with visiting(browser, width=width, height=height) as visit:
        visit.page.goto(admin_url)
        assert visit.overflow() <= 0
        sign_in(visit, admin_url)
        assert visit.overflow() <= 0


def test_the_cookie_is_out_of_reach_of_scripts_and_other_paths(browser: Any, admin_url: str) -> None:
    with visiting(browser) as visit:
        sign_in(visit, admin_url)
        (cookie,) = visit.page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/admin")
        assert visit.page.evaluate("document.cookie") == ""
