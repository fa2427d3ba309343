"""Settings and a shelf go in; the command that indexes anew, and the folder that pushed documents are put into, come out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.origin import inbox_of_folder, read_origin
from service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, and the variables that it is given beside our own."""

    words: Sequence[str]
    settings: Mapping[str, str]


class Builder:
    """Knows what a shelf is made from: what the settings name, else what the last build there was told, looked at each time."""

    def __init__(self, settings: ServiceSettings, shelf: Path) -> None:
        self._settings = settings
        self._shelf = shelf

    def command(self) -> Command:
        """The builder as it is run, over a folder or over a catalogue."""
        words = [sys.executable, "-m", "ingest", "build", "--bundles", str(self._shelf), "--json", "--progress", "json"]
        return Command([*words, *self._origin()], {"SOURCIER_INBOX_DIR": str(self._settings.inbox_dir)})

    def inbox(self) -> Path:
        """Where pushed documents go: beside a catalogue the drop folder, beside a folder of documents one of the shelf."""
        return inbox_of_folder(self._shelf) if "--documents" in self._origin() else self._settings.inbox_dir

    def _origin(self) -> list[str]:
        if self._settings.documents_dir:
            return ["--documents", self._settings.documents_dir]
        told = read_origin(self._shelf)
        if told is None or "SOURCIER_CATALOGUE" in os.environ:
            return []
        if told.documents is not None:
            return ["--documents", str(told.documents)]
        # A catalogue that moved with its bundles is found where settings say; a folder that moved must be named anew.
        return ["--catalogue", str(told.catalogue)] if told.catalogue and told.catalogue.is_file() else []
