"""Takes the README's pictures in a real Chromium (``make screenshots``).

They show the quickstart's runs, and the plots of a training that was logged by itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from kipu.testing.browser import chromium
from kipu.testing.server import kipu_server

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SCHEMES: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", ""), ("dark", "-dark"))


def settle(page: Page) -> None:
    """Wait until the page has asked for all that it shows, and has drawn it."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(1500)


TRAINING = """
import sys

import kipu
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

kipu.set_tracking_uri(sys.argv[1])
kipu.set_experiment("autologged")
kipu.autolog()
data = load_breast_cancer(as_frame=True)
sizes = data.data[["mean texture", "mean smoothness", "mean compactness"]]
names = data.target_names[data.target]
with kipu.start_run(run_name="breast cancer"):
    make_pipeline(StandardScaler(), LogisticRegression()).fit(sizes, names)
"""


def plots(browser: Browser, folder: Path) -> None:
    """What autologging draws of a training."""
    script = folder / "train.py"
    with kipu_server(folder, store=str(folder / "mlruns")) as server:
        script.write_text(TRAINING)
        subprocess.run([sys.executable, str(script), server.uri], cwd=folder, check=True)
        for scheme, suffix in SCHEMES:
            page = browser.new_page(viewport={"width": 1440, "height": 760}, color_scheme=scheme)
            page.goto(server.uri)
            page.get_by_role("link", name="autologged").first.click()
            page.get_by_role("link", name="breast cancer").first.click()
            page.get_by_role("link", name="Plots", exact=True).click()
            page.get_by_role("article", name="training_roc_curve").wait_for()
            settle(page)
            page.screenshot(path=IMAGES / f"plots{suffix}.png")


def pictures(page: Page, uri: str, suffix: str) -> None:
    """The three pages of the quickstart."""
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
        with chromium() as browser:
            with kipu_server(Path(scratch, "server"), store=str(folder / "mlruns")) as server:
                for scheme, suffix in SCHEMES:
                    page = browser.new_page(
                        viewport={"width": 1440, "height": 900}, color_scheme=scheme
                    )
                    pictures(page, server.uri, suffix)
            plots(browser, Path(scratch, "plots"))
    print(f"Pictures are in {IMAGES}.")


if __name__ == "__main__":
    main()
