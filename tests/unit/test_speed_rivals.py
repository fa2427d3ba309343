"""What the comparison with other libraries asks, reads and tells: figures in, tables and plots out; nothing is installed here."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.speed.clients import ask_at_once
from tests.speed.rivals_started import RIVALS, SERVICES, NotHere, Rival, index, rows_of
from tests.speed.rivals_table import OURS, OURS_REMEMBERED, rivals_svg, rivals_table


def loads(rate: float, errors: int = 0) -> dict[str, Any]:
    one = {"answers_per_second": rate, "median_ms": 5.0, "p99_ms": 9.0, "errors": errors}
    return {"clients": {"1": one, "8": one, "64": one}, "memory": {"rss_mb": 200.0}, "ready_s": 2.0}


def service(rate: float, ndcg: float, errors: int = 0) -> dict[str, Any]:
    said = {"ndcg_10": ndcg, "ndcg_10_headed": ndcg, "index_s": 1.5, "index_mb": 8.1}
    return {**said, "workers_1": loads(rate, errors), "workers_2": loads(2 * rate)}


def figures() -> dict[str, Any]:
    services = {OURS: service(200.0, 0.75), OURS_REMEMBERED: service(900.0, 0.75), "Other & Co": service(20.0, 0.5, 3)}
    said = {"passages": 667, "questions": 150, "cores": 2, "load_before": 0.5, "load_after": 1.5}
    return {**said, "services": services, "absent": {"Gone": "no such\n  package"}}


def test_each_figure_of_another_service_has_ours_over_it() -> None:
    table = rivals_table(figures())
    (row, *_) = [line for line in table.splitlines() if line.startswith("| Other & Co") and "errors" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["Other & Co", "1", "20, 3 errors", "5", "9", "10.00", "40", "5", "9", "10.00"]


def test_our_own_line_is_compared_with_nothing() -> None:
    lines = [line for line in rivals_table(figures()).splitlines() if line.startswith(f"| {OURS}")]
    assert [cell.strip() for cell in lines[1].strip("|").split("|")][5] == ""


def test_what_could_not_be_had_is_told_with_its_reason() -> None:
    assert "*Gone* is left out: no such package" in rivals_table(figures())


def test_the_plot_is_sound_and_names_every_service() -> None:
    drawn = ET.fromstring(rivals_svg(figures()))
    said = {element.text for element in drawn.iter() if element.text}
    assert {OURS, OURS_REMEMBERED, "Other & Co"} <= said


def test_rows_are_read_from_both_kinds_of_answer() -> None:
    assert rows_of({"passages": [{"row": 7, "text": "a"}, {"row": 2, "text": "b"}]}) == [7, 2]
    assert rows_of([[{"id": "7", "text": "a"}, {"id": "2", "text": "b"}]]) == [7, 2]


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.module)
def test_every_rival_has_a_file_that_makes_its_index_and_pinned_requirements(rival: Rival) -> None:
    tree = ast.parse((SERVICES / f"{rival.module}.py").read_text("utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert "build" in names
    assert rival.application or "create_app" in names
    pinned = (SERVICES / f"{rival.environment}.txt").read_text("utf-8").split()
    assert pinned and all("==" in line for line in pinned)


def test_a_library_without_its_environment_is_left_out_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(NotHere, match="No such file"):
        index(Rival("Missing", "no-such-environment", "with_nothing"), [], tmp_path / "index")


def test_clients_send_the_body_that_a_service_wants() -> None:
    heard: list[bytes] = []

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        got = ask_at_once(server.server_port, "/ask", ["un"], 2, 0.2, lambda question: {"queries": [question]})
    finally:
        server.shutdown()
        server.server_close()
    assert heard and set(heard) == {b'{"queries": ["un"]}'}
    assert len(got.times_ms) == len(heard) and not got.errors
