"""A real Chromium and a real service: pages are opened as visitors open them. Without Chromium the tests are skipped, loudly."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from service.engine import AnswerEngine
from service.settings import ServiceSettings
from tests.browser.stages import Site, Stage, joined, running, serving
from tests.browser.visits import QUESTION
from tests.http_maker import app_of

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
    "--no-first-run", "--no-default-browser-check", "--metrics-recording-only", "--disable-domain-reliability",
)  # fmt: skip


def launch_options() -> dict[str, Any]:
    """How Chromium is started: quietly, without a sandbox as root, which it refuses otherwise.

    Raises: FileNotFoundError that says how to get a Chromium.
    """
    path = os.environ.get("SOURCIER_CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise FileNotFoundError("needs Chromium: apt-get install chromium, or set SOURCIER_CHROMIUM to its path")
    return {"executable_path": path, "args": [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once how many of these tests were skipped, and why."""
    skipped = [report for report in terminalreporter.getreports("skipped") if "browser/" in report.nodeid]
    if skipped:
        why = sorted(
            {
                str(report.longrepr[2]).removeprefix("Skipped: ")
                for report in skipped
                if isinstance(report.longrepr, tuple)
            }
        )
        terminalreporter.write_line(f"{len(skipped)} browser tests were skipped. {'; '.join(why)}", yellow=True)


@pytest.fixture(scope="module")  # its event loop must end before the tests that start one of their own
def browser() -> Iterator[Any]:
    if find_spec("playwright") is None:
        pytest.skip("browser tests need playwright: make install-test")
    try:
        options = launch_options()
    except FileNotFoundError as missing:
        pytest.skip(f"browser test {missing}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**options)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from its pinned package."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("accessibility tests need axe-playwright-python: make install-test")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site_port() -> int:
    """Where the page of another site is served in these tests: the service's allowlist names it."""
    return free_port()


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps the reports of these tests."""
    return tmp_path_factory.mktemp("feedback") / "reports.jsonl"


@pytest.fixture(scope="session")
def service_url(starter_engine: AnswerEngine, site_port: int, feedback_file: Path) -> Iterator[str]:
    """The service over the starter corpus, on a port of its own."""
    settings = {name: info.default for name, info in ServiceSettings.model_fields.items()}
    settings["cors_origins"] = (f"http://127.0.0.1:{site_port}",)
    settings["feedback_file"] = str(feedback_file)
    with running(app_of(starter_engine, **settings)) as url:
        yield url


@pytest.fixture(scope="session")
def site(service_url: str, site_port: int) -> Iterator[Site]:
    """The page of another site."""
    made = Site(service_url)
    with serving(made.handler(), site_port) as made.url:
        yield made


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A service that plays what the test writes."""
    made = Stage()
    with serving(made.handler()) as made.url:
        yield made


@pytest.fixture(scope="session")
def answered(service_url: str) -> list[str]:
    """The events of an answer of several statements, as they travel."""
    return joined(service_url, "Quel est le plafond de la PECAN ?", QUESTION, lang="fr")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
