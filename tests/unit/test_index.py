"""Vector search: exact, among allowed rows where asked, and refused when its file is none."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from corpus.errors import BundleError
from corpus.index import VectorIndex, Vectors
from corpus.index_writer import MergedVectors, SpooledVectors, write_index


@pytest.fixture
def vectors() -> Vectors:
    made = np.random.default_rng(7).standard_normal((50, 8)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_search_is_exact_and_best_first(vectors: Vectors) -> None:
    rows, scores = VectorIndex.of(vectors).search(vectors[3], 10)
    exact = vectors @ vectors[3]
    assert rows[0] == 3
    assert list(rows) == list(np.argsort(-exact)[:10])
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:10], atol=1e-6)


def test_only_allowed_rows_come_back(vectors: Vectors) -> None:
    rows, scores = VectorIndex.of(vectors).search(vectors[3], 10, np.asarray([1, 4, 9]))
    assert set(rows.tolist()) == {1, 4, 9}
    assert len(scores) == 3


def test_nothing_allowed_finds_nothing(vectors: Vectors) -> None:
    rows, scores = VectorIndex.of(vectors).search(vectors[3], 10, np.empty(0, np.int64))
    assert len(rows) == len(scores) == 0


def test_no_more_rows_come_back_than_there_are(vectors: Vectors) -> None:
    rows, _ = VectorIndex.of(vectors[:2]).search(vectors[0], 10)
    assert sorted(rows.tolist()) == [0, 1]


def test_an_index_without_rows_is_written_read_and_searched(tmp_path: Path) -> None:
    write_index(tmp_path / "empty.faiss", MergedVectors.of(np.empty((0, 8), np.float32)))
    index = VectorIndex.open(tmp_path / "empty.faiss")
    assert len(index) == 0
    assert len(index.search(np.ones(8, np.float32), 3)[0]) == 0


def test_an_index_read_from_its_file_finds_the_same(vectors: Vectors, tmp_path: Path) -> None:
    write_index(tmp_path / "v.faiss", MergedVectors.of(vectors))
    index = VectorIndex.open(tmp_path / "v.faiss")
    assert (len(index), index.dimension) == (50, 8)
    assert index.search(vectors[5], 3)[0].tolist() == VectorIndex.of(vectors).search(vectors[5], 3)[0].tolist()
    np.testing.assert_array_equal(index.vectors_of(np.asarray([2, 7])), vectors[[2, 7]])
    assert index.vectors_of(np.empty(0, np.int64)).shape == (0, 8)


@pytest.mark.parametrize("content", [b"", b"not an index", b"IxFI" + b"\x00" * 20])
def test_a_file_that_is_no_index_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.faiss").write_bytes(content)
    with pytest.raises(BundleError, match=r"v\.faiss") as caught:
        VectorIndex.open(tmp_path / "v.faiss")
    assert caught.value.code == "bundle_corrupt"


def test_a_missing_index_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"v\.faiss"):
        VectorIndex.open(tmp_path / "v.faiss")


@pytest.mark.parametrize(("file", "signs_from"), [("vectors.coarse.faiss", 7000), ("vectors.signs.faiss", 1000)])
def test_among_many_rows_what_is_searched_first_finds_those_that_an_exact_search_finds(
    tmp_path: Path, file: str, signs_from: int
) -> None:
    chance = np.random.default_rng(11)
    subjects = np.repeat(chance.standard_normal((300, 256)), 20, axis=0)
    many = (subjects + 0.7 * chance.standard_normal((6000, 256))).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    write_index(tmp_path / "vectors.faiss", MergedVectors.of(many), coarse_from=1000, signs_from=signs_from)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["vectors.faiss", file])
    index, exact = VectorIndex.open(tmp_path / "vectors.faiss"), VectorIndex.of(many)
    found = []
    for question in many[:40] + 0.05 * chance.standard_normal((40, 256)).astype(np.float32):
        rows, scores = index.search(question, 10)
        np.testing.assert_allclose(scores, many[rows] @ question, atol=1e-5)
        assert np.all(np.diff(scores) <= 0)
        found.append(len(set(rows.tolist()) & set(exact.search(question, 10)[0].tolist())) / 10)
    assert np.mean(found) >= 0.95
    np.testing.assert_allclose(index.best_scores(many[:5]), 1.0, atol=1e-5)
    for allowed in (np.arange(0, 6000, 300), np.arange(6000)):
        near, _ = index.search(many[0], 5, allowed)
        assert set(near.tolist()) <= set(allowed.tolist())
        assert near[0] == 0


@pytest.mark.parametrize("signs_from", [1000, 100_000])
def test_vectors_kept_from_another_index_give_the_bytes_that_they_gave_at_first(
    tmp_path: Path, signs_from: int
) -> None:
    chance = np.random.default_rng(12)
    many = chance.standard_normal((5000, 16)).astype(np.float32)
    (tmp_path / "base").mkdir()
    base, whole, merged = tmp_path / "base" / "v.faiss", tmp_path / "whole.faiss", tmp_path / "merged.faiss"
    write_index(base, MergedVectors.of(many[1000:4600]), coarse_from=10, signs_from=signs_from)
    kept = np.full(5000, -1)
    kept[1000:4600] = np.arange(3600)
    kept[3000] = -1
    parts = MergedVectors(VectorIndex.open(base), kept, many[kept < 0])
    write_index(merged, parts, coarse_from=10, signs_from=signs_from)
    write_index(whole, MergedVectors.of(many), coarse_from=10, signs_from=signs_from)
    for ending in ("faiss", "signs.faiss" if signs_from == 1000 else "coarse.faiss"):
        assert merged.with_suffix(f".{ending}").read_bytes() == whole.with_suffix(f".{ending}").read_bytes()


@pytest.mark.parametrize("in_memory_bytes", [1, 1 << 20])
def test_vectors_put_aside_come_back_in_order(vectors: Vectors, in_memory_bytes: int) -> None:
    spool = SpooledVectors(8, in_memory_bytes)
    for start in (0, 20, 27):
        spool.append(vectors[start : {0: 20, 20: 27, 27: 50}[start]])
        np.testing.assert_array_equal(spool[start : start + 3], vectors[start : start + 3])
    assert (len(spool), spool.shape) == (50, (50, 8))
    np.testing.assert_array_equal(spool[:], vectors)
    assert spool[50:60].shape == (0, 8)


def test_what_is_written_block_by_block_is_what_faiss_writes(tmp_path: Path, vectors: Vectors) -> None:
    write_index(tmp_path / "ours.faiss", MergedVectors.of(vectors))
    theirs = faiss.IndexFlatIP(8)
    theirs.add(vectors)
    faiss.write_index(theirs, str(tmp_path / "theirs.faiss"))
    assert (tmp_path / "ours.faiss").read_bytes() == (tmp_path / "theirs.faiss").read_bytes()


def test_a_coarse_index_of_other_passages_is_refused(tmp_path: Path, vectors: Vectors) -> None:
    write_index(tmp_path / "vectors.faiss", MergedVectors.of(vectors), coarse_from=1)
    write_index(tmp_path / "vectors.faiss", MergedVectors.of(vectors[:-1]))
    with pytest.raises(BundleError) as refused:
        VectorIndex.open(tmp_path / "vectors.faiss")
    assert refused.value.code == "bundle_corrupt"


def test_few_rows_have_no_coarse_index(tmp_path: Path, vectors: Vectors) -> None:
    write_index(tmp_path / "vectors.faiss", MergedVectors.of(vectors))
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
