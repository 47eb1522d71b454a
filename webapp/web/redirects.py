"""Where a page leads afterwards: to a path of this site, and nowhere else."""

from urllib.parse import urlsplit


def own_path(text: str | None) -> str | None:
    """`text` if it is a path of this site, so that no link can lead elsewhere through the sign-in."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
