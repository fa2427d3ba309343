"""What many tests share: the shipped encoder, a small bundle, and the starter corpus indexed once a session."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.bundle import Bundle
from corpus.catalogue import load_catalogue
from corpus.encoder import Encoder, open_encoder
from corpus.shelf import Shelf
from ingest.build import BuildReport, build
from ingest.jobs import jobs_of_catalogue
from tests.makers import ROOT, note, write

if TYPE_CHECKING:
    from service.engine import AnswerEngine


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Bundle:
    """Three short notes, one of them in English and one that repeats itself."""
    notes = [
        note(
            "pecan",
            "La PECAN dure un an, non renouvelable. Elle vise les dispositifs médicaux numériques.",
            "Le plafond de la PECAN est de 780 € par an et par patient.",
            publisher="Agence A",
            published_on=dt.date(2024, 4, 22),
        ),
        note(
            "hds",
            "La certification HDS couvre six activités.",
            "Voir le référentiel.",
            "Dépassé depuis le 16 mai 2026 : l'ancien référentiel HDS reste admis.",
            "Voir le référentiel.",
            publisher="Agence B",
        ),
        note("ai-act", "The AI Act entered into force on 1 August 2024.", language="en", publisher="Agency C"),
    ]
    return write(tmp_path_factory.mktemp("small") / "b-small", notes, encoder)


@pytest.fixture(scope="session")
def starter_build(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[Path, BuildReport]:
    """The folder of bundles that holds the starter corpus, and the report of its build."""
    jobs, _ = jobs_of_catalogue(load_catalogue(ROOT / "corpus" / "sources.toml"))
    shelf = Shelf(tmp_path_factory.mktemp("starter"))
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    return shelf.folder, build(jobs, encoder, shelf, now=now, keep_bundles=3)


@pytest.fixture(scope="session")
def starter(starter_build: tuple[Path, BuildReport]) -> Path:
    return starter_build[0]


@pytest.fixture(scope="session")
def starter_engine(starter: Path) -> AnswerEngine:
    from service.engine import open_engine  # here, so that a test of the kernel loads nothing of the service

    return open_engine(starter)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of material that is not part of the repository."""
    folder = Path(os.environ.get("SOURCIER_SHARED") or ROOT.parent / "shared")
    if not (folder / "policy").is_dir():
        pytest.skip(f"needs the shared material: no {folder.name}/policy (set SOURCIER_SHARED to its folder)")
    return folder
