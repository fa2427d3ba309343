"""A PDF whose sentence goes on overleaf: its quote is whole, its boxes stand on both pages, and the viewer shows both, marked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from service.engine import open_engine
from service.page_image import INK
from tests.browser.stages import running
from tests.browser.visits import visiting
from tests.http_maker import app_of
from tests.makers import call
from tests.pdf_maker import LOREM, lines, pdf

pytestmark = pytest.mark.browser
SENTENCE = (
    "Le comité de surveillance des algorithmes hospitaliers se réunit chaque trimestre à Vierzon et publie ses avis."
)
QUESTION = "Quand se réunit le comité de surveillance des algorithmes hospitaliers ?"


@pytest.fixture(scope="module")
def broken_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over a PDF of two pages, made by the command that an operator would use."""
    folder = tmp_path_factory.mktemp("break")
    (folder / "documents").mkdir()
    begun, went_on = SENTENCE.split(" à Vierzon ")

    def first(canvas: Canvas) -> None:
        lines(canvas, [f"{LOREM}.", f"Un avis est dû. {begun} à Vierzon"])

    def second(canvas: Canvas) -> None:
        lines(canvas, [f"{went_on} Une autre phrase suit.", f"{LOREM}."])

    pdf(folder / "documents" / "comite.pdf", first, second)
    built = call("ingest", "build", "--documents", str(folder / "documents"), "--bundles", str(folder / "bundles"))
    assert built.returncode == 0, built.stderr
    with running(app_of(open_engine(folder / "bundles"))) as url:
        yield url


def test_both_pages_are_shown_and_marked(browser: Any, broken_url: str) -> None:
    with visiting(browser) as visit:
        answer = visit.page.request.post(f"{broken_url}/v1/answers", data={"question": QUESTION}).json()
        cited = answer["citations"][0]
        assert cited["quote"]["exact"] == SENTENCE
        assert cited["page"]["index"] == 0
        assert [box["page_index"] for box in cited["boxes"]] == [0, 1]
        for part in (0, 1):
            response = visit.page.request.get(f"{broken_url}{cited['links']['page_image']}&part={part}")
            colours = Image.open(io.BytesIO(response.body())).getcolors(1_000_000)
            assert INK in {colour for _, colour in colours}
            tag = response.headers["etag"]
            again = visit.page.request.get(response.url, headers={"If-None-Match": tag})
            assert again.status == 304
        visit.page.goto(broken_url)
        visit.ask(QUESTION)
        assert SENTENCE in visit.page.locator(".panel mark").first.text_content()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.get_by_role("tab", name="Page").click()
        pictures = visit.page.locator(".viewer img")
        pictures.nth(1).wait_for()
        assert pictures.count() == 2
        for n in (0, 1):
            assert pictures.nth(n).evaluate("image => image.decode().then(() => image.naturalWidth)") >= 960
        names = pictures.evaluate_all("all => all.map((image) => image.alt.slice(0, 10))")
        assert len(set(names)) == 2
