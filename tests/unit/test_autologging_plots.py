"""The plots of autologging: their numbers, and pictures that can be read."""

import io
import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kipu
from kipu.autologging.plots import (
    ConfusionMatrix,
    Importance,
    LearningCurve,
    Plot,
    PrecisionRecallCurve,
    PrecisionRecallOfClass,
    RocCurve,
    RocOfClass,
    log_plot,
    plot_files,
)
from kipu.autologging.plots.axes import ticks
from kipu.autologging.plots.numbers import thinned
from kipu.autologging.plots.palette import DARK, LIGHT
from kipu.autologging.plots.scene import Rect, Text, text_width

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
LONG = "the name of a class that somebody thought was a good idea, number "


def square(count: int) -> list[list[int]]:
    return [[40 if i == j else (i * j) % 3 for j in range(count)] for i in range(count)]


def roc(name: str = "yes", points: int = 50) -> RocOfClass:
    fpr = np.linspace(0, 1, points)
    return RocOfClass(name, fpr, np.sqrt(fpr), 2 / 3, [math.inf, *np.linspace(1, 0, points - 1)])


def precision_recall(name: str = "yes") -> PrecisionRecallOfClass:
    recall = np.linspace(1, 0, 50)
    return PrecisionRecallOfClass(name, 1 - recall / 2, recall, 0.75, np.linspace(0, 1, 49))


PLOTS: dict[str, Plot] = {
    "two classes": ConfusionMatrix(["benign", "malignant"], np.array([[50, 3], [4, 60]])),
    "three classes, counted": ConfusionMatrix([0, 1, 2], square(3), normalized=False),
    "fifty classes": ConfusionMatrix([f"{LONG}{i}" for i in range(50)], square(50)),
    "a class without samples": ConfusionMatrix(["a", "b"], [[0, 0], [1, 3]]),
    "a matrix with a NaN": ConfusionMatrix(["a", "b"], [[math.nan, 2], [1, 3]]),
    "no classes": ConfusionMatrix([], []),
    "one ROC curve": RocCurve([roc()]),
    "fifty ROC curves": RocCurve([roc(f"{LONG}{i}") for i in range(50)]),
    "a ROC curve of NaNs": RocCurve([RocOfClass("a", [math.nan] * 3, [math.nan] * 3)]),
    "one precision-recall curve": PrecisionRecallCurve([precision_recall()]),
    "five precision-recall curves": PrecisionRecallCurve(
        [precision_recall(f"c{i}") for i in range(5)]
    ),
    "one feature": Importance(["f0"], [3.0], "weight"),
    "five hundred features": Importance(
        [f"{LONG}{i}" for i in range(500)], np.arange(500) * 1e6, "gain"
    ),
    "signed importances": Importance(["a", "b", "c"], [1.5, -2.5, math.nan], "weight"),
    "importances by class": Importance(["a", "b"], np.array([[1, -2, 3], [0, 1, 0]]), "weight"),
    "importances of many classes": Importance(["a", "b"], np.ones((2, 40)), "weight"),
    "no features": Importance([], [], "gain"),
    "nothing matters": Importance(["a", "b"], [0, 0], "split"),
    "a learning curve": LearningCurve(
        [10, 100, 1000], [1, 0.9, 0.8], [0.5, 0.6, 0.7], [0, 0.1, 0.1], [0.1, 0.1, math.nan]
    ),
    "a learning curve of one size": LearningCurve([10], [0.5], [0.5]),
    "a learning curve of NaNs": LearningCurve([1, 2], [math.nan] * 2, [math.nan] * 2),
    "foreign words": ConfusionMatrix(["naïve", "Жук", "中文 & <b>\x00"], square(3)),
}


@pytest.fixture(params=PLOTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plot(name: str) -> Plot:
    return PLOTS[name]


@pytest.fixture
def files(name: str) -> dict[str, bytes]:
    return drawn(name)


@cache
def drawn(name: str) -> dict[str, bytes]:
    return plot_files("p", PLOTS[name])


def extent(text: Text) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of words in a picture, at most."""
    width = text_width(text.words, text.size)
    before = {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    if text.turn:
        return (
            text.x - text.size,
            text.y - (width - before),
            text.x + text.size * 0.3,
            text.y + before,
        )
    return (
        text.x - before,
        text.y - text.size,
        text.x - before + width,
        text.y + text.size * 0.3,
    )


def test_no_words_leave_the_picture(plot: Plot) -> None:
    scene = plot.picture()
    for shape in scene.shapes:
        if isinstance(shape, Text):
            left, top, right, bottom = extent(shape)
            assert left >= 0, shape
            assert top >= 0, shape
            assert right <= scene.width, shape
            assert bottom <= scene.height, shape


def test_no_shape_has_a_place_that_is_no_number(files: dict[str, bytes]) -> None:
    root = ET.fromstring(files["p.svg"])
    for element in root.iter():
        for name in ("x", "y", "width", "height", "rx", "points", "fill-opacity", "font-size"):
            for number in re.split("[ ,]", element.get(name, "0")):
                assert math.isfinite(float(number)), (element.tag, name)


def test_the_drawing_is_a_file_of_its_own_that_says_what_it_is(
    plot: Plot, files: dict[str, bytes]
) -> None:
    root = ET.fromstring(files["p.svg"])
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == plot.picture().title
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")
    content = files["p.svg"].decode()
    assert "href" not in content
    assert "url(" not in content


def test_the_drawing_has_light_colours_where_styles_are_not_known(files: dict[str, bytes]) -> None:
    root = ET.fromstring(files["p.svg"])
    colours = [
        element.get(kind)
        for element in root.iter()
        for kind in ("fill", "stroke")
        if element.get("class", "").startswith(f"{kind[0]}-")
    ]
    assert colours
    assert set(colours) <= set(LIGHT.values())


def test_the_png_is_twice_as_large_as_the_drawing_and_not_empty(
    plot: Plot, files: dict[str, bytes]
) -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(files["p.png"]))
    scene = plot.picture()
    assert picture.size == (round(scene.width) * 2, round(scene.height) * 2)
    assert picture.mode == "RGB"
    assert len(picture.getcolors(1 << 24)) > 2
    corner: Any = picture.getpixel((2, 2))
    assert corner == (255, 255, 255)


def test_the_larger_the_share_the_stronger_the_cell() -> None:
    image = pytest.importorskip("PIL.Image")
    matrix = ConfusionMatrix(["a", "b"], [[97, 3], [8, 92]])
    picture = image.open(io.BytesIO(plot_files("p", matrix)["p.png"]))
    cells = [s for s in matrix.picture().shapes if isinstance(s, Rect) and s.says]
    # Beside the numbers, and not at the rounded corner.
    red = [picture.getpixel((round(cell.x * 2) + 10, round(cell.y * 2) + 10))[0] for cell in cells]
    largest, smallest, small, large = red
    assert largest < large < small < smallest < 255


def test_numbers_are_strict_json(plot: Plot, files: dict[str, bytes]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    content = files["p.json"]
    # Maps of importances are MLflow's, with Python's words.
    word = None if isinstance(plot, Importance) else refuse
    json.loads(content, parse_constant=word)


def test_a_confusion_matrix_tells_its_counts() -> None:
    content = plot_files("p", PLOTS["two classes"])["p.json"]
    assert json.loads(content) == {
        "kind": "confusion_matrix",
        "version": 1,
        "title": "Normalized confusion matrix",
        "normalized": True,
        "labels": ["benign", "malignant"],
        "counts": [[50, 3], [4, 60]],
    }


def test_a_matrix_of_another_size_than_its_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="3 classes"):
        plot_files("p", ConfusionMatrix(["a", "b", "c"], [[1, 2], [3, 4]]))


def test_cells_say_their_count_and_share() -> None:
    told = [s.says for s in PLOTS["two classes"].picture().shapes if isinstance(s, Rect)]
    assert "benign taken for malignant: 3 (6% of benign)" in told
    assert "malignant recognized: 60 (94%)" in told


def test_curves_tell_their_points_thresholds_and_areas() -> None:
    (curve,) = json.loads(plot_files("p", RocCurve([roc()]))["p.json"])["curves"]
    assert curve["name"] == "yes"
    assert curve["auc"] == pytest.approx(2 / 3)
    assert len(curve["fpr"]) == len(curve["tpr"]) == len(curve["thresholds"])
    assert (curve["fpr"][0], curve["tpr"][0], curve["thresholds"][0]) == (0, 0, None)
    assert (curve["fpr"][-1], curve["tpr"][-1], curve["thresholds"][-1]) == (1, 1, 0)
    (curve,) = json.loads(plot_files("p", PrecisionRecallCurve([precision_recall()]))["p.json"])[
        "curves"
    ]
    assert curve["average_precision"] == 0.75
    assert curve["thresholds"][-1] is None


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=300))
def test_a_thinned_curve_passes_near_every_point(steps: list[tuple[int, int]]) -> None:
    x = np.cumsum([a for a, _ in steps]) / 12_000
    y = np.cumsum([b for _, b in steps]) / 12_000
    kept = thinned(list(x), list(y))
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) in {(0, len(x) - 1), (0, kept[-1])}
    for a, b in zip(x, y, strict=True):
        assert min(abs(a - x[at]) + abs(b - y[at]) for at in kept) <= 1 / 400 + 40 / 6_000


def test_a_long_curve_becomes_short() -> None:
    fpr = np.linspace(0, 1, 200_000)
    content = plot_files("p", RocCurve([RocOfClass("a", fpr, np.sqrt(fpr), 2 / 3)]))["p.json"]
    (curve,) = json.loads(content)["curves"]
    assert 200 < len(curve["fpr"]) < 1000


def test_importances_are_the_map_that_mlflow_writes() -> None:
    assert json.loads(plot_files("p", Importance(["a", "b"], [1, 2.5], "gain"))["p.json"]) == {
        "a": 1.0,
        "b": 2.5,
    }
    by_class = Importance(["a"], [[1, 2, 3]], "weight")
    assert json.loads(plot_files("p", by_class)["p.json"]) == {"a": [1.0, 2.0, 3.0]}
    many = json.loads(plot_files("p", PLOTS["five hundred features"])["p.json"])
    assert len(many) == 500


def test_the_largest_importances_are_drawn_and_the_rest_counted() -> None:
    shapes = PLOTS["five hundred features"].picture().shapes
    bars = [shape for shape in shapes if isinstance(shape, Rect)]
    words = [shape.words for shape in shapes if isinstance(shape, Text)]
    assert len(bars) == 30
    assert bars[0].says.startswith(f"{LONG}499: ")
    assert bars[0].width == max(bar.width for bar in bars)
    assert "and 470 more" in words


def test_negative_importances_go_the_other_way() -> None:
    bars = [s for s in PLOTS["signed importances"].picture().shapes if isinstance(s, Rect)]
    negative, positive = bars
    assert negative.says == "b: -2.5"
    assert negative.x + negative.width == pytest.approx(positive.x)
    assert negative.fill != positive.fill


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0.97, 0.98), (-3e9, 2e9), (5, 5), (0, 0), (1e-9, 2e-9)]
)
def test_ticks_reach_over_the_values_at_even_distances(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 12
    assert np.allclose(np.diff(found), found[1] - found[0])


def test_colours_are_those_of_the_pages() -> None:
    theme = (ROOT / "ui" / "src" / "app" / "styles" / "theme.css").read_text()
    light, dark = theme.split("@media (prefers-color-scheme: dark)")
    names = {"card": "bg-raised", "soft": "text-2", "faint": "text-3", "over": "on-accent"}
    for colours, css in ((LIGHT, light), (DARK, dark.split("chosen by hand")[0])):
        for name, colour in colours.items():
            declared = re.search(rf"--{names.get(name, name)}: (#\w+);", css)
            assert declared, name
            assert declared[1] == colour, name


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_words_stand_out_from_the_card(colours: dict[str, str]) -> None:
    for name in ("text", "soft", "faint"):
        assert contrast(colours[name], colours["card"]) > 4.4, name
    for name in colours:
        if name.startswith(("series", "accent")):
            assert contrast(colours[name], colours["card"]) > 2.8, name
    assert contrast(colours["over"], colours["accent"]) > 4.4


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_plot_becomes_three_files_of_the_run(fresh: Path) -> None:
    with kipu.start_run() as run:
        log_plot(kipu.MlflowClient(), run.info.run_id, "training_roc_curve", PLOTS["one ROC curve"])
    client = kipu.MlflowClient()
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == [
        "training_roc_curve.json",
        "training_roc_curve.png",
        "training_roc_curve.svg",
    ]
    path = client.download_artifacts(run.info.run_id, "training_roc_curve.json", str(fresh))
    assert json.loads(Path(path).read_text())["kind"] == "roc_curve"


def test_a_plot_that_cannot_be_drawn_becomes_one_warning(
    fresh: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with kipu.start_run() as run:
        log_plot(kipu.MlflowClient(), run.info.run_id, "bad", ConfusionMatrix(["a"], [[1, 2]]))
    assert kipu.get_run(run.info.run_id).info.status == "FINISHED"
    (record,) = caplog.records
    assert "The plot bad was not logged: ValueError" in record.getMessage()


def test_without_pillow_there_are_numbers_and_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert sorted(plot_files("p", PLOTS["two classes"])) == ["p.json", "p.svg"]


def test_no_library_is_loaded_before_a_plot_is_drawn() -> None:
    code = (
        "import sys, kipu.autologging.plots\n"
        "print([name for name in ('numpy', 'PIL', 'matplotlib') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"
