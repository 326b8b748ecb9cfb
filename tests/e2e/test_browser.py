"""The page in a real Chromium, on a real server, with runs that were really logged."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kipu import MlflowClient
from kipu.testing.browser import chromium, chromium_path
from kipu.testing.server import ServerProcess, kipu_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LOGGED = Path(__file__).with_name("logged_store.py")
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium_path() is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium is installed (apt-get install chromium).")
        pytest.skip("No Chromium is installed (apt-get install chromium).")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("shown") / "mlruns"
    subprocess.run([sys.executable, str(LOGGED), str(folder)], check=True, timeout=100)
    return str(folder)


@pytest.fixture(scope="module")
def server(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with kipu_server(tmp_path_factory.mktemp("server"), store=store) as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: ServerProcess) -> Iterator[Page]:
    """A fresh page on the server; a script error or a failed request fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server.uri)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "response", lambda r: problems.append(f"{r.status} {r.url}") if r.status > 499 else None
    )
    yield page
    context.close()
    assert problems == []


def open_runs(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="curves").click()
    expect(page.get_by_role("link", name="run-5", exact=True)).to_be_visible()


def open_run(page: Page, name: str) -> None:
    open_runs(page)
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_text("same", exact=True).first).to_be_visible()


def names(page: Page) -> list[str]:
    return page.get_by_role("link", name=re.compile(r"^(run-\d|child)$")).all_inner_texts()


def test_experiments_lead_to_their_runs(page: Page) -> None:
    open_runs(page)
    expect(page.get_by_text("7 runs")).to_be_visible()
    expect(page.get_by_role("columnheader", name="score")).to_be_visible()


def test_a_filter_shows_what_matches_and_stands_in_the_address(page: Page) -> None:
    open_runs(page)
    box = page.get_by_label("Filter runs")
    box.fill("metrics.score >= 3 and params.same = 'for all'")
    box.press("Enter")
    expect(page.get_by_role("link", name="run-1", exact=True)).to_have_count(0)
    assert sorted(names(page)) == ["run-3", "run-4", "run-5"]
    page.reload()
    expect(page.get_by_role("link", name="run-3", exact=True)).to_be_visible()
    assert sorted(names(page)) == ["run-3", "run-4", "run-5"]


def test_a_wrong_filter_is_explained_in_place(page: Page) -> None:
    open_runs(page)
    box = page.get_by_label("Filter runs")
    box.fill("metrics.score >")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "number" in page.get_by_role("alert").inner_text()


def test_a_click_on_a_header_sorts(page: Page) -> None:
    open_runs(page)
    header = page.get_by_role("columnheader", name="score")
    header.get_by_role("button").first.click()
    expect(header).to_have_attribute("aria-sort", re.compile("ending"))
    first = [name for name in names(page) if name != "child"]
    header.get_by_role("button").first.click()
    expect(page.get_by_role("link", name=re.compile(r"^run-\d$")).first).not_to_have_text(first[0])
    assert sorted(first) in (first, first[::-1])


def test_columns_can_be_chosen(page: Page) -> None:
    open_runs(page)
    expect(page.get_by_role("columnheader", name="same")).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Find columns").fill("same")
    page.get_by_role("checkbox", name=re.compile("same")).check()
    expect(page.get_by_role("columnheader", name="same")).to_be_visible()


def test_a_run_that_is_logged_appears_by_itself(page: Page, store: str) -> None:
    open_runs(page)
    code = (
        "import kipu, sys; kipu.set_tracking_uri(sys.argv[1]); kipu.set_experiment('live');"
        "kipu.start_run(run_name='fresh', experiment_id="
        "kipu.get_experiment_by_name('curves').experiment_id); kipu.log_metric('score', 7)"
    )
    subprocess.run([sys.executable, "-c", code, store], check=True, timeout=60)
    expect(page.get_by_role("link", name="fresh", exact=True)).to_be_visible()
    page.get_by_label("Select fresh").check()
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_role("button", name="Delete").last.click()
    expect(page.get_by_role("link", name="fresh", exact=True)).to_have_count(0)


def test_a_run_page_shows_what_was_logged(page: Page) -> None:
    open_run(page, "run-0")
    expect(page.get_by_role("heading", name="Note 0")).to_be_visible()
    expect(page.get_by_text("for all").first).to_be_visible()
    expect(page.get_by_text("train/loss").first).to_be_visible()


def test_a_note_can_be_edited_and_stays(page: Page) -> None:
    open_run(page, "run-1")
    page.get_by_label("Edit the note").click()
    page.get_by_label("Note, in Markdown").fill("## Better\n\n<img src=x onerror='throw 1'>")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Better")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Better")).to_be_visible()


def test_curves_are_drawn_and_their_settings_stand_in_the_address(page: Page) -> None:
    open_run(page, "run-2")
    page.get_by_role("link", name="Charts", exact=True).click()
    expect(page.locator("canvas").first).to_be_visible()
    drawn = """() => [...document.querySelectorAll('canvas')].some((canvas) => {
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return data.some((value) => value !== 0);
    })"""
    page.wait_for_function(drawn)
    page.get_by_label("Find metrics").fill("val")
    expect(page.get_by_text("val/loss").first).to_be_visible()
    expect(page.get_by_text("accuracy", exact=True)).to_have_count(0)
    assert "tab=charts" in page.url


def test_files_are_shown_by_their_kind(page: Page) -> None:
    open_run(page, "run-0")
    page.get_by_role("link", name="Artifacts", exact=True).click()
    page.get_by_text("facts.json").first.click()
    expect(page.get_by_text("42").first).to_be_visible()
    page.get_by_text("numbers.csv").first.click()
    expect(page.get_by_role("cell", name="4", exact=True).first).to_be_visible()
    page.get_by_text("wide.csv").first.click()
    last = page.get_by_role("cell").last
    heading = page.get_by_role("columnheader", name="column 11")
    expect(heading).to_be_attached()
    left = "(element) => element.getBoundingClientRect().left"
    assert heading.evaluate(left) == last.evaluate(left)
    page.get_by_text("table.json").first.click()
    expect(page.get_by_text("zwei").first).to_be_visible()
    page.get_by_text("dot.png").first.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('main img')].some((image) => image.naturalWidth === 8)"
    )
    page.get_by_text("texts").first.click()
    page.get_by_text("plain.txt").first.click()
    expect(page.get_by_text("plain words").first).to_be_visible()


def test_a_models_files_are_shown_from_its_run(page: Page) -> None:
    open_run(page, "run-0")
    models = page.get_by_role("region", name="Models")
    model = models.get_by_role("article", name="doubler")
    expect(model.get_by_text("Ready")).to_be_visible()
    expect(model.get_by_text("shown-doubler v1")).to_be_visible()
    expect(model.get_by_text("exactness")).to_be_visible()
    model.get_by_role("link", name="doubler").click()
    expect(page.get_by_text("loader_module: mlflow.pyfunc.model")).to_be_visible()
    page.get_by_role("button", name="requirements.txt").click()
    expect(page.get_by_text("numpy<3")).to_be_visible()
    page.get_by_role("button", name=re.compile("^input_example.json")).click()
    expect(page.get_by_text("[2 items]")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert json.loads(download.value.path().read_text()) == [1, 2]
    page.reload()
    expect(page.get_by_text("[2 items]")).to_be_visible()
    page.get_by_label("Files of").select_option("the run")
    expect(page.get_by_text("facts.json").first).to_be_visible()


def test_mlflows_address_of_a_model_leads_to_its_files(page: Page, store: str) -> None:
    model = MlflowClient(store).search_logged_models(
        [MlflowClient(store).get_experiment_by_name("curves").experiment_id]
    )[0]
    page.goto(f"/#/experiments/{model.experiment_id}/models/{model.model_id}")
    expect(page.get_by_text(f"model_id: {model.model_id}")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"model_id: {model.model_id}")).to_be_visible()
    page.goto(f"/models/{model.model_id}?path=requirements.txt")
    expect(page.get_by_text("numpy<3")).to_be_visible()


def test_a_logged_page_cannot_touch_ours(page: Page) -> None:
    open_run(page, "run-0")
    page.get_by_role("link", name="Artifacts", exact=True).click()
    page.get_by_text("page.html").first.click()
    expect(page.frame_locator("iframe").get_by_text("hello page")).to_be_visible()
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_plots_tell_their_numbers_in_light_and_dark(
    page: Page, scheme: Literal["light", "dark"], is_dark: bool
) -> None:
    page.emulate_media(color_scheme=scheme)
    open_run(page, "run-0")
    page.get_by_role("link", name="Plots", exact=True).click()
    matrix = page.get_by_role("article", name="training_confusion_matrix")
    expect(matrix.get_by_text("75%")).to_be_visible()
    assert (brightness(matrix.screenshot()) < 128) == is_dark
    matrix.get_by_text("25%").hover()
    tip = matrix.get_by_role("status")
    expect(tip).to_contain_text("predicted")
    expect(tip).to_contain_text("25.0%")
    matrix.get_by_role("button", name="Numbers").click()
    expect(matrix.get_by_role("cell", name="59", exact=True)).to_be_visible()
    expect(
        page.get_by_role("article", name="training_roc_curve").get_by_text("0.6667").first
    ).to_be_visible()
    page.get_by_role("button", name="and 10 more").click()
    expect(page.get_by_text("40 rows, 2 columns")).to_be_visible()
    page.get_by_text("40 rows, 2 columns").scroll_into_view_if_needed()
    expect(matrix.get_by_role("cell", name="59", exact=True)).to_be_attached()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_drawing_of_a_plot_is_as_light_as_the_page(
    page: Page, scheme: Literal["light", "dark"], is_dark: bool
) -> None:
    page.emulate_media(color_scheme=scheme)
    open_run(page, "run-0")
    page.get_by_role("link", name="Artifacts", exact=True).click()
    page.get_by_text("training_roc_curve.svg").first.click()
    drawing = page.get_by_role("img", name="training_roc_curve.svg")
    expect(page.get_by_text(re.compile("692 . 516 pixels"))).to_be_visible()
    assert (brightness(drawing.screenshot()) < 128) == is_dark


def brightness(screenshot: bytes) -> int:
    """The commonest shade of grey in a picture, 0 to 255: its ground."""
    histogram = Image.open(io.BytesIO(screenshot)).convert("L").histogram()
    return histogram.index(max(histogram))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_off_a_narrow_screen(
    browser: Browser, server: ServerProcess, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=server.uri,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    open_run(page, "run-0")
    for tab in ("Overview", "Charts", "Plots", "Artifacts"):
        page.get_by_role("link", name=tab, exact=True).click()
        over = "document.documentElement.scrollWidth - window.innerWidth"
        assert page.evaluate(over) <= 0, tab
    context.close()
