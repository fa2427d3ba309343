"""What went wrong, named: every fault that a person can act on leaves as a `KnownError`.

KnownError                 code, message, hint; the two edges (command line, HTTP) print it
├── CatalogueError         the catalogue or a document's own metadata cannot be used
├── ReadError              one document cannot be read (never fatal for the others)
├── EncoderError           an encoder cannot be had, or does not agree with the bundle
├── BundleError            a bundle is missing, of another format, or damaged
└── StoreError             the database that holds bundles cannot be reached or used
"""

from __future__ import annotations


class KnownError(Exception):
    """A fault with a stable code, a message that says what was found, and a hint that says what to do.

    `code` is lower snake case and documented in docs/errors.md; `hint` may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class CatalogueError(KnownError):
    """The catalogue, a front matter or a sidecar says something that cannot be used."""


class ReadError(KnownError):
    """One document cannot be read: encrypted, scanned, broken, empty, too large, of an unknown type."""


class EncoderError(KnownError):
    """An encoder cannot be loaded, or is not the one that the bundle was made with."""


class BundleError(KnownError):
    """A bundle is missing, has another format version, or fails its checksums."""


class StoreError(KnownError):
    """A database that holds bundles cannot be reached, lacks what is asked for, or refuses it."""
