"""Files that ship with the service (styles, scripts, the widget): folders go in; cached, conditional responses come out."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from service.conditional import unless_known

MEDIA_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

_BLOCK_COMMENT = re.compile(rb"/\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(rb"^\s*//.*$", re.MULTILINE)
_BLANK = re.compile(rb"\n\s*")
_STYLES = re.compile(rb"`\n[^`]*`")
"""Style sheets in our scripts: templates that begin with a new line."""
_STYLE_SPACE = re.compile(rb"\s*([{};,])\s*|(:) ")


@dataclass(frozen=True)
class Asset:
    """One file, read when it is first asked for."""

    path: Path
    ours: bool = False

    @cached_property
    def content(self) -> bytes:
        """The file's bytes; our scripts without their comments and indentation, which are for readers of the source."""
        content = self.path.read_bytes()
        return lean_script(content) if self.ours and self.path.suffix == ".js" else content

    @cached_property
    def packed(self) -> bytes:
        """The file's bytes in gzip; equal input gives equal output."""
        return gzip.compress(self.content, mtime=0)

    @cached_property
    def digest(self) -> str:
        """Twenty hexadecimal digits of SHA-256."""
        return hashlib.sha256(self.content).hexdigest()[:20]


def lean_script(script: bytes) -> bytes:
    """A script without its block comments, the lines that are comments, indentation, empty lines and spaces in its style
    sheets. For our own scripts, which hold no text that looks like one of these (a test runs what is served).
    """
    lean = _BLANK.sub(b"\n", _LINE_COMMENT.sub(b"", _BLOCK_COMMENT.sub(b"", script))).lstrip()
    return _STYLES.sub(lambda style: _STYLE_SPACE.sub(rb"\1\2", style.group()), lean)


def assets_of(folder: Path) -> dict[str, Asset]:
    """The assets of a folder and those below it, by their path within it."""
    return {
        path.relative_to(folder).as_posix(): Asset(path, ours=True)
        for path in sorted(folder.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }


def asset_response(request: Request, asset: Asset, extra: Mapping[str, str] | None = None) -> Response:
    """An asset, in gzip where the client takes it; kept by browsers, but asked for again each time (a cheap 304)."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    fixed = {"Vary": "Accept-Encoding", **(extra or {})}
    if packed:
        fixed["Content-Encoding"] = "gzip"

    def full(headers: Mapping[str, str]) -> Response:
        content = asset.packed if packed else asset.content
        return Response(content, headers={**headers, **fixed, "Content-Type": MEDIA_TYPES[asset.path.suffix]})

    return unless_known(request, f'"{asset.digest}{"-gz" if packed else ""}"', full)
