"""The manifest that makes it an app."""

import json
from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"


def test_the_manifest_makes_it_an_app() -> None:
    manifest = json.loads((STATIC / "site.webmanifest").read_text())
    assert (manifest["display"], manifest["start_url"], manifest["scope"], manifest["id"]) == (
        "standalone",
        "/",
        "/",
        "/",
    )
    sizes = {}
    for icon in manifest["icons"]:
        content = (STATIC / icon["src"]).read_bytes()
        assert len(content) < 10_000, icon["src"]
        if icon["type"] == "image/png":
            size = "x".join(str(int.from_bytes(content[at : at + 4])) for at in (16, 20))
            assert size == icon["sizes"]
            sizes[size, icon.get("purpose", "any")] = icon["src"]
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes.keys()
