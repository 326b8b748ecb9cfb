"""Takes the README's pictures: the quickstart's runs in a real Chromium (``make screenshots``)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from kipu.testing.browser import chromium
from kipu.testing.server import kipu_server

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"


def settle(page: Page) -> None:
    """Wait until the page has asked for all that it shows, and has drawn it."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(1500)


def pictures(page: Page, uri: str, suffix: str) -> None:
    """The three pages of the README."""
    page.goto(uri)
    page.get_by_role("link", name="digits").first.wait_for()
    settle(page)
    page.screenshot(path=IMAGES / f"experiments{suffix}.png")
    page.get_by_role("link", name="digits").first.click()
    page.get_by_role("link", name="mlp-64-lr0.01-s1").first.wait_for()
    settle(page)
    page.screenshot(path=IMAGES / f"runs{suffix}.png")
    page.get_by_role("link", name="mlp-64-lr0.01-s1").first.click()
    page.wait_for_url("**/runs/**")
    page.get_by_role("link", name="Charts", exact=True).click()
    page.locator("canvas").first.wait_for()
    settle(page)
    page.screenshot(path=IMAGES / f"run{suffix}.png")


def main() -> None:
    """Train the quickstart in a fresh folder, or take the folder named, and take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch).resolve()
        if len(sys.argv) < 2:
            script = [sys.executable, str(ROOT / "examples" / "quickstart.py")]
            subprocess.run(script, cwd=folder, env=os.environ, check=True)
        with (
            kipu_server(Path(scratch, "server"), store=str(folder / "mlruns")) as server,
            chromium() as browser,
        ):
            for scheme, suffix in (("light", ""), ("dark", "-dark")):
                page = browser.new_page(
                    viewport={"width": 1440, "height": 900}, color_scheme=scheme,
                    device_scale_factor=1,
                )  # fmt: skip
                pictures(page, server.uri, suffix)
    print(f"Pictures are in {IMAGES}.")


if __name__ == "__main__":
    main()
