"""Vector search: exact, among allowed rows where asked, and refused when its file is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import BundleError
from corpus.index import VectorIndex, Vectors


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
    VectorIndex.of(np.empty((0, 8), np.float32)).save(tmp_path / "empty.faiss")
    index = VectorIndex.open(tmp_path / "empty.faiss")
    assert len(index) == 0
    assert len(index.search(np.ones(8, np.float32), 3)[0]) == 0


def test_an_index_read_from_its_file_finds_the_same(vectors: Vectors, tmp_path: Path) -> None:
    VectorIndex.of(vectors).save(tmp_path / "v.faiss")
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


def test_among_many_rows_a_coarse_search_finds_those_that_an_exact_one_finds(tmp_path: Path) -> None:
    chance = np.random.default_rng(11)
    many = chance.standard_normal((6000, 64)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    VectorIndex.of(many, coarse_from=1000).save(tmp_path / "vectors.faiss")
    assert (tmp_path / "vectors.coarse.faiss").is_file()
    coarse, exact = VectorIndex.open(tmp_path / "vectors.faiss"), VectorIndex.of(many)
    found = []
    for question in many[:40] + 0.1 * chance.standard_normal((40, 64)).astype(np.float32):
        rows, scores = coarse.search(question, 10)
        np.testing.assert_allclose(scores, many[rows] @ question, atol=1e-5)
        assert np.all(np.diff(scores) <= 0)
        found.append(len(set(rows.tolist()) & set(exact.search(question, 10)[0].tolist())) / 10)
    assert np.mean(found) >= 0.99
    allowed = np.arange(0, 6000, 300)
    assert set(coarse.search(many[0], 5, allowed)[0].tolist()) <= set(allowed.tolist())


def test_a_coarse_index_of_other_passages_is_refused(tmp_path: Path, vectors: Vectors) -> None:
    VectorIndex.of(vectors, coarse_from=1).save(tmp_path / "vectors.faiss")
    VectorIndex.of(vectors[:-1]).save(tmp_path / "vectors.faiss")
    with pytest.raises(BundleError) as refused:
        VectorIndex.open(tmp_path / "vectors.faiss")
    assert refused.value.code == "bundle_corrupt"


def test_few_rows_have_no_coarse_index(tmp_path: Path, vectors: Vectors) -> None:
    VectorIndex.of(vectors).save(tmp_path / "vectors.faiss")
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
