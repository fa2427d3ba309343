"""A store's address goes in; the module that speaks to it is at hand, or what is missing is said. Loads no driver by itself."""

from __future__ import annotations

import importlib

from corpus.errors import StoreError

DRIVER = "psycopg"
VARIABLE = "SOURCIER_STORE"


def check_driver() -> None:
    """Make sure that the driver of PostgreSQL can be loaded; called before `corpus.postgres` is imported.

    Raises: `store_needs_extra`.
    """
    try:
        importlib.import_module(DRIVER)
    except ImportError as missing:
        raise StoreError(
            "store_needs_extra",
            f"{VARIABLE} is set, and the package {DRIVER} is not there.",
            "Install it: pip install 'sourcier[postgres]'",
        ) from missing
