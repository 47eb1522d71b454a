"""An environment in which production starts, of keys that are the same in every run: tests are named after them."""

import base64
import hashlib


def drawn(name: str) -> bytes:
    """32 bytes that are no pattern."""
    return hashlib.sha256(name.encode()).digest()


def sealing_key(key_id: str, content: bytes | None = None) -> str:
    """As SEALING_KEYS has it."""
    return f"{key_id}:{base64.urlsafe_b64encode(content or drawn(key_id)).decode()}"


KEY = sealing_key("2026-11-29")
SECRET = drawn("cookies").hex()
PASSWORD = "zirkuspferd"
PRODUCTION = {
    "DATABASE_URL": f"postgresql://sparekey:{PASSWORD}@database/sparekey",
    "PUBLIC_URL": "https://keys.example.com",
    "SMTP_URL": f"smtp://user:{PASSWORD}@mail.example.com",
    "MAIL_FROM": "Spare Key <keys@example.com>",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEYS": SECRET,
    "SEALING_KEYS": KEY,
}
