"""The page's files: read once from the package, served from memory, found by exact name.

There is no path to walk: what is not in the table does not exist.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from chargepoint.core.values import dataclass

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    content: bytes
    media_type: str
    etag: str


def assets() -> dict[str, Asset]:
    """Return the page's files by URL path; the page itself is ``/``."""
    found: dict[str, Asset] = {}
    for file in (files("chargepoint.front") / "static").iterdir():
        suffix = file.name.rpartition(".")[2]
        if suffix in MEDIA_TYPES:
            content = file.read_bytes()
            etag = hashlib.sha256(content).hexdigest()[:20]
            path = "/" if file.name == "index.html" else f"/static/{file.name}"
            found[path] = Asset(content, MEDIA_TYPES[suffix], etag)
    return found
