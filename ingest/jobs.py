"""A catalogue or a folder of documents in, the list of documents to index out."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.catalogue import Catalogue, file_id
from corpus.document import Kind, Source
from corpus.errors import CatalogueError, KnownError, ReadError
from ingest.job import Job
from ingest.media_type import ENDINGS
from ingest.sidecar import is_sidecar, with_sidecar

FETCHED = "fetched"


def jobs_of_catalogue(catalogue: Catalogue) -> tuple[list[Job], list[Source]]:
    """The documents whose file is named or was fetched, and the sources that have neither."""
    jobs, absent = [], []
    for source in catalogue.sources:
        path = catalogue.path_of(source) or fetched_path(catalogue, source.id)
        if path is None:
            absent.append(source)
        else:
            jobs.append(Job(source, path))
    return jobs, absent


def fetched_path(catalogue: Catalogue, source_id: str) -> Path | None:
    """The file that `ingest fetch` wrote for a source, or None."""
    for ending in ENDINGS:
        path = catalogue.folder / FETCHED / f"{source_id}{ending}"
        if path.is_file():
            return path
    return None


def jobs_of_folder(folder: Path) -> list[Job]:
    """Every file of a folder, whatever its depth, hidden ones left out; ids come from the relative paths.

    A file `name.toml` beside `name.pdf` is no document: it says what is to be known of that one.

    Files whose ending no reader knows come last, so that they take no id from the others: a reader may know their first
    bytes, and if none does, the build says so of each.

    Raises: `documents_missing` where there is no such folder or nothing to read in it.
    """
    if not folder.is_dir():
        raise CatalogueError("documents_missing", f"{folder} is not a folder", "Give a folder with --documents DIR.")
    jobs: list[Job] = []
    taken: set[str] = set()
    for path in sorted(_files(folder), key=lambda path: path.suffix.lower() not in ENDINGS):
        relative = Path(_printable(path.relative_to(folder).as_posix()))
        identifier = _free(file_id(relative), taken)
        taken.add(identifier)
        source = Source(identifier, relative.stem, kind=Kind.REPORT, file=relative.as_posix())
        jobs.append(with_sidecar(Job(source, path, from_catalogue=False, refusal=_leads_out(path, folder))))
    if not jobs:
        known = ", ".join(sorted(ENDINGS))
        raise CatalogueError("documents_missing", f"no document in {folder}", f"Known endings: {known}")
    return jobs


def with_inbox(jobs: list[Job], folder: Path) -> list[Job]:
    """The jobs with those of the drop folder, which may hold nothing. A file there takes the place of the document of its id, and
    what the catalogue (or its first sidecar) says of that one still holds where its own sidecar says nothing else.
    """
    if not folder.is_dir() or not any(_files(folder)):
        return jobs
    dropped = {job.source.id: job for job in jobs_of_folder(folder)}
    merged = [_in_place_of(job, dropped.pop(job.source.id)) if job.source.id in dropped else job for job in jobs]
    return [*merged, *dropped.values()]


def _in_place_of(job: Job, dropped: Job) -> Job:
    if job.from_catalogue:
        return with_sidecar(dropped, job.source)
    return replace(dropped, sidecar={**job.sidecar, **dropped.sidecar})


def _printable(name: str) -> str:
    """A file name as text of one line: bytes that are no UTF-8 and control characters become question marks."""
    plain = name.encode("utf-8", "replace").decode("utf-8")
    return "".join("?" if unicodedata.category(character) == "Cc" else character for character in plain)


def _leads_out(path: Path, folder: Path) -> KnownError | None:
    """Why a link is not followed: it leads out of the folder, and whoever may write there may not read all that we can read."""
    if not path.is_symlink() or path.resolve().is_relative_to(folder.resolve()):
        return None
    return ReadError(
        "link_outside", f"{path.name} is a link that leads out of the folder", "Put the file itself there."
    )


def _free(identifier: str, taken: set[str]) -> str:
    candidate, number = identifier, 2
    while candidate in taken:
        candidate, number = f"{identifier[:110].rstrip('-')}-{number}", number + 1
    return candidate


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        beside = set(names)
        for name in sorted(names):
            path = Path(parent) / name
            if not name.startswith(".") and path.is_file() and not is_sidecar(path, beside):
                yield path
