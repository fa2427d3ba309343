"""The texts of corpus/print enter; their PDFs leave, or (`--check`) the list of those that differ from them.

    python corpus/print/make_pdfs.py [ID ...] [--check]

Without ID, every text is set. The same text and the same versions of these packages give the same bytes:
    pip install reportlab types-reportlab markdown-it-py pyphen font-source-serif-pro font-source-sans-pro
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = {
    "reportlab": "reportlab",
    "markdown_it": "markdown-it-py",
    "pyphen": "pyphen",
    "font_source_serif_pro": "font-source-serif-pro",
    "font_source_sans_pro": "font-source-sans-pro",
}
TWO_COLUMNS = frozenset({"reglement-ia-regles"})
TEXTS = Path(__file__).resolve().parent
DOCUMENTS = TEXTS.parent / "documents"
# The date that every PDF bears: 23 November 2026, midnight UTC, in seconds.
STATE_S = 1_795_392_000


def main(arguments: list[str] | None = None) -> int:
    """0 when the PDFs are those of their texts, 1 when `--check` finds another, 2 when none can be made."""
    options = _options(arguments)
    if absent := [name for module, name in NEEDED.items() if find_spec(module) is None]:
        print(f"make_pdfs: these packages are needed: pip install {' '.join(absent)}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(TEXTS.parent.parent))
    chosen = options.ids or sorted(path.stem for path in options.texts.glob("*.md"))
    differing = []
    for source_id in chosen:
        text, target = options.texts / f"{source_id}.md", options.documents / f"{source_id}.pdf"
        if not text.is_file():
            print(f"make_pdfs: expected the text {text}, found none: check the id", file=sys.stderr)
            return 2
        try:
            pdf = build(text)
        except ValueError as fault:
            print(f"make_pdfs: {text}: {fault}", file=sys.stderr)
            return 2
        if not target.is_file() or target.read_bytes() != pdf:
            differing.append(source_id)
            if not options.check:
                target.write_bytes(pdf)
    deed = "differ from their texts" if options.check else "written"
    print(f"{len(chosen)} texts, {len(differing)} PDFs {deed}", *differing, sep="\n  ")
    return 1 if options.check and differing else 0


def build(path: Path) -> bytes:
    """The PDF of the text at `path`.

    Raises: MarkedTextError when the text breaks a rule of the small CommonMark.
    """
    os.environ["SOURCE_DATE_EPOCH"] = str(STATE_S)  # the one way to tell ReportLab the date
    # Late, so that a missing package is told in one line and not by a traceback.
    from corpus.print.marked_text import read_marked_text
    from corpus.print.typeset import Imprint, typeset

    raw = path.read_bytes()
    imprint = Imprint(path.stem, hashlib.sha256(raw).hexdigest(), path.stem in TWO_COLUMNS)
    return typeset(read_marked_text(raw.decode("utf-8")), imprint)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Set the notes of corpus/print as PDFs.")
    parser.add_argument("ids", nargs="*", metavar="ID", help="a text's name, without .md (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; name the PDFs that differ")
    parser.add_argument("--texts", type=Path, default=TEXTS, help="folder of the texts")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, help="folder of the PDFs")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
