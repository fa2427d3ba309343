"""A folder of hostile files: no crash of the builder, no hang past the limit, one line a file; bombs of our own too."""

from __future__ import annotations

import json
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from corpus.bundle import open_bundle
from corpus.shelf import Shelf
from ingest.verify import verify_bundle
from tests.makers import call

LIMIT_S = 20


def test_every_hostile_file_has_its_line_and_the_rest_is_indexed(
    shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shared_dir / "inputs" / "hostile"
    if not folder.is_dir():
        pytest.skip("needs the shared folder of hostile files")
    monkeypatch.setenv("SOURCIER_DOCUMENT_TIMEOUT_S", str(LIMIT_S))
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    start = time.monotonic()
    done = call("ingest", "build", "--documents", str(folder), "--bundles", str(tmp_path), "--json")
    assert done.returncode == 0
    assert time.monotonic() - start < LIMIT_S * len(files) / 10
    report = json.loads(done.stdout)
    assert len(report["documents"]) == len(files)
    assert sum(line.startswith("[") for line in done.stderr.splitlines()) == len(files)
    assert all(one["code"] and one["message"] for one in report["documents"] if one["outcome"] == "failed")
    assert not {one["code"] for one in report["documents"]} & {"reader_fault", "reader_crashed"}
    verify_bundle(Shelf(tmp_path).active_folder())


def pdf_bomb(path: Path) -> Path:
    """A page whose content stream unpacks to half a gigabyte."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b"BT /F1 12 Tf (bombe) Tj ET " * 40_000) for _ in range(500)) + packer.flush()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    held, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(held))
        held += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    held += b"xref\n0 5\n0000000000 65535 f \n%btrailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(held),
    )
    path.write_bytes(held)
    return path


def test_bombs_and_endless_work_cost_their_own_document_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_DOCUMENT_TIMEOUT_S", "4")
    monkeypatch.setenv("SOURCIER_DOCUMENT_MEMORY_MIB", "512")
    folder = tmp_path / "documents"
    folder.mkdir()
    pdf_bomb(folder / "bombe.pdf")
    with zipfile.ZipFile(folder / "bombe.docx", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", b"<a>" + b" " * 150_000_000)
    (folder / "nid.html").write_text("<div>" * 200_000 + "Un texte." + "</div>" * 200_000, encoding="utf-8")
    (folder / "long.txt").write_text("a, " * 6_000_000, encoding="utf-8")
    (folder / "crochets.md").write_text("[" * 200_000 + "(" * 200_000, encoding="utf-8")
    (folder / "bon.md").write_text("La PECAN dure un an.", encoding="utf-8")
    start = time.monotonic()
    done = call("ingest", "build", "--documents", str(folder), "--bundles", str(tmp_path / "bundles"), "--json")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - start < 60
    outcomes = {one["file"]: one["code"] for one in json.loads(done.stdout)["documents"]}
    assert len(outcomes) == 6
    assert outcomes["bon.md"] == ""
    assert outcomes["bombe.docx"] in ("document_too_large", "document_time_limit")
    assert outcomes["bombe.pdf"] in ("document_time_limit", "document_memory_limit", "document_too_large")
    allowed = {
        "document_time_limit",
        "document_memory_limit",
        "document_too_large",
        "broken_document",
        "empty_document",
    }
    assert set(outcomes.values()) <= allowed | {""}
    bundle = open_bundle(Shelf(tmp_path / "bundles").active_folder())
    assert bundle.document("bon") is not None
