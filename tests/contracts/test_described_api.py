"""The description of the API is true: requests made from it, right and wrong, to a real service get what it announces.

SOURCIER_API_CASES says how many are made (300 by default; `make hostile` makes 3,000).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from shutil import copy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.problems import MEDIA_TYPE, PROBLEM_KINDS
from tests.admin_maker import BEARER, TEXTS, TOKEN
from tests.makers import ROOT, call
from tests.server_maker import Server, serving

CASES = int(os.environ.get("SOURCIER_API_CASES", "300"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
ADMIN = "/v1/admin/"
KNOWN = {"document_id": ("pecan", "hds", "printed"), "page_index": ("0", "1")}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with everything on, over two notes and a PDF."""
    folder = tmp_path_factory.mktemp("described")
    documents, bundles = folder / "documents", folder / "bundles"
    documents.mkdir()
    for name, text in TEXTS.items():
        (documents / f"{name}.md").write_text(text, encoding="utf-8")
    copy(next((ROOT / "corpus" / "documents").glob("*.pdf")), documents / "printed.pdf")
    assert call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles)).returncode == 0
    settings = {"ADMIN_TOKEN": TOKEN, "DOCUMENTS_DIR": str(documents), "FEEDBACK_FILE": str(folder / "reports.jsonl")}
    with serving(bundles, folder / "log", **settings) as found:
        yield found
        assert b"Traceback" not in (folder / "log").read_bytes()
        assert b"sourcier.fault" not in (folder / "log").read_bytes()


def described(server: Server) -> Any:
    """The description, as read by schemathesis, without the statuses that would match anything."""
    document = server.get("/openapi.json")
    for operations in document["paths"].values():
        for operation in operations.values():
            del operation["responses"]["default"]
    return schemathesis.openapi.from_dict(document)


def operations(server: Server, *, admin: bool) -> list[Any]:
    found = [result.ok() for result in described(server).get_all_operations()]
    return [one for one in found if one.path.startswith(ADMIN) is admin]


def check_cases(server: Server, operation: Any, mode: GenerationMode, count: int, seen: Counter[int]) -> None:
    """Make requests of an operation and check each answer; half of those that name a document name one that is there."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.booleans()):
            for name in KNOWN.keys() & (case.path_parameters or {}).keys():
                case.path_parameters[name] = data.draw(st.sampled_from(KNOWN[name]))
        (case.query or {}).pop("wait_s", None)  # minutes, for nothing
        response = case.call(base_url=server.url, headers=BEARER, timeout=60)
        seen[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert response.headers["content-type"] == [MEDIA_TYPE]
            problem = response.json()
            assert PROBLEM_KINDS[problem["code"]].status == response.status_code == problem["status"]
            assert [problem["request_id"]] == response.headers["x-request-id"]

    try:
        check()
    except Unsatisfiable:
        assert mode.is_negative, "no right request can be made"  # any text is right where any text is taken


def has_parameters(operation: Any) -> bool:
    """Whether a request of it can be wrong."""
    return bool(list(operation.iter_parameters()) or operation.body)


@pytest.mark.slow
@pytest.mark.parametrize("admin", [False, True], ids=["of visitors", "of operators"])
def test_requests_made_from_the_description_get_what_it_announces(server: Server, admin: bool) -> None:
    found = operations(server, admin=admin)
    ways = [(one, mode) for one in found for mode in GenerationMode if mode.is_positive or has_parameters(one)]
    seen: Counter[int] = Counter()
    for operation, mode in ways:
        share = CASES // len(ways) * (3 if operation.body else 1)
        check_cases(server, operation, mode, max(3, share) if has_parameters(operation) else 3, seen)
    requests.post(f"{server.url}{ADMIN}maintenance", json={"on": False}, headers=BEARER, timeout=20)
    print(f"{sum(seen.values())} cases: {dict(sorted(seen.items()))}")
    assert sum(seen.values()) >= CASES / 4
    assert seen[200] + seen[202] > sum(seen.values()) / 10, "hardly any request reached its route"
    assert not [status for status in seen if status >= 500]


def test_every_operation_names_its_problems_by_status(server: Server) -> None:
    for path, operations in server.get("/openapi.json")["paths"].items():
        for method, operation in operations.items():
            announced = {int(status) for status in operation["responses"] if status.isdecimal()}
            assert {400, 404, 405, 500, 503} <= announced, (method, path)
            assert ("requestBody" not in operation) or {408, 413, 415, 422} <= announced, (method, path)
            assert path.startswith(ADMIN) == ("security" in operation) == (401 in announced), (method, path)


def test_the_description_is_whole(server: Server) -> None:
    """Every reference of it leads somewhere."""
    document = server.get("/openapi.json")

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (value for key, value in part.items() if key == "$ref")
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    for reference in references(document):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
