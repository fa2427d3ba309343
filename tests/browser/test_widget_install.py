"""Putting the assistant on a site: the README's two lines, the guide's policies, a copy of the folder; and what its scripts weigh."""

from __future__ import annotations

import functools
import gzip
import re
import shutil
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from service.assets import lean_script
from tests.browser.stages import ASSISTANT, WIDGET, Reply, Site, Stage, serving
from tests.browser.visits import QUESTION, visiting
from tests.makers import ROOT

pytestmark = pytest.mark.browser
VIEWER = ("viewer.js", "viewer_style.js")
LATER = ("export.js", "report.js", "memory.js", "settings.js")
KILOBYTE = 1024


def test_the_two_lines_of_the_readme_work_on_a_static_page(
    browser: Any, service_url: str, site_port: int, site: Site, tmp_path: Path
) -> None:
    """As a new site owner would: the lines as they are printed, the address replaced, a page that nobody prepared."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```html\n(<script.*?)```", readme, re.DOTALL)
    assert len(lines.strip().splitlines()) == 2
    origin = re.findall(r'endpoint="([^"]+)"', lines)[0]
    lines = lines.replace(origin, service_url)
    body = f'<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Page</title><h1>Page</h1>{lines}'
    path = f"/{len(site.pages)}"
    site.pages[path] = (body, "default-src *")
    with visiting(browser) as visit:
        visit.open(site.url + path)
        visit.ask()
        assert visit.page.locator(".panel .statement").count() > 0
    with visiting(browser, java_script_enabled=False) as visit:
        visit.page.goto(site.url + path)
        visit.page.get_by_role("link", name="Poser une question").click()
        assert visit.page.url == f"{service_url}/ask"
        visit.page.locator("#question").fill(QUESTION)
        visit.page.locator("form button").click()
        assert visit.page.locator("mark").count() > 0


@pytest.mark.parametrize("where", ["the service", "your own site"])
def test_the_policy_that_the_guide_gives_is_enough(browser: Any, site: Site, service_url: str, where: str) -> None:
    guide = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
    (lines,) = re.findall(rf"^\| {where} \| `(.+?)` \|$", guide, re.MULTILINE)
    given = lines.replace("https://assistant.exemple.fr", service_url)
    policy = f"default-src 'none'; {given}; require-trusted-types-for 'script'; trusted-types 'none'"
    script = "/assistant" if where == "your own site" else ""
    with visiting(browser) as visit:
        visit.open(site.page(policy=policy, script=script))
        visit.ask("Quel est le plafond de la PECAN ?")
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.get_by_role("tab", name="Page").click()
        visit.page.locator(".viewer img").evaluate("image => image.decode()")
        assert visit.complaints == []


def test_a_site_that_is_not_on_the_list_is_told_that_it_is_offline(browser: Any, service_url: str) -> None:
    elsewhere = Site(service_url)
    with serving(elsewhere.handler()) as elsewhere.url, visiting(browser) as visit:
        visit.open(elsewhere.page())
        visit.send()
        visit.page.locator(".panel [role=alert]").wait_for()
        assert "Hors connexion" in visit.page.locator(".panel [role=alert]").text_content()


def packed(names: list[str]) -> int:
    """Bytes of modules as they travel."""
    squeeze = functools.partial(gzip.compress, mtime=0)
    return sum(len(squeeze(lean_script((WIDGET / name).read_bytes()))) for name in names)


def test_the_scripts_are_small_and_never_make_html_of_a_string() -> None:
    modules = [path.relative_to(WIDGET).as_posix() for path in sorted(WIDGET.rglob("*.js"))]
    text = "\n".join((WIDGET / name).read_text(encoding="utf-8") for name in modules)
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|style=|localStorage|cookie"
    )
    assert re.findall(forbidden, text) == []
    later = [f"widget/{name}" for name in (*VIEWER, *LATER)]
    sizes = {
        "core": packed([name for name in modules if name not in later]),
        "viewer": packed([f"widget/{name}" for name in VIEWER]),
        "when it is used": packed([f"widget/{name}" for name in LATER]),
    }
    print({part: f"{size / KILOBYTE:.1f} KB" for part, size in sizes.items()})
    assert sizes["core"] <= 20 * KILOBYTE
    assert sizes["viewer"] <= 10 * KILOBYTE
    assert sizes["when it is used"] <= 5 * KILOBYTE


def test_scripts_are_served_without_their_comments(service_url: str, browser: Any) -> None:
    context = browser.new_context()
    for path in ("widget.js", "widget/panel.js", "widget/words.js", "widget/style.js"):
        sent = context.request.get(f"{service_url}/{path}").text()
        assert "// @ts-check" not in sent
        assert "/**" not in sent
    context.close()


def test_a_copy_on_any_static_server_works(browser: Any, stage: Stage, answered: list[str], tmp_path: Path) -> None:
    """The folder as it is in the repository, beside a page: nothing is built."""
    shutil.copytree(WIDGET, tmp_path / "assistant")
    body = ASSISTANT.format(endpoint=stage.url, lang="fr", more="")
    (tmp_path / "index.html").write_text(
        f'<!DOCTYPE html><html lang="fr"><title>Copie</title><link rel="icon" href="data:,">'
        f'<script type="module" src="/assistant/widget.js"></script>{body}',
        encoding="utf-8",
    )
    stage.replies = [Reply([(0, "".join(answered))])]
    with serving(functools.partial(QuietFiles, directory=str(tmp_path))) as url, visiting(browser) as visit:  # type: ignore[arg-type]
        visit.open(url)
        visit.ask()
        assert visit.page.locator(".panel .statement").count() > 0
        assert visit.complaints == []


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
