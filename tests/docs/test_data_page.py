"""The examples of the page about data sets run, one after the other."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/data.md"


def test_every_example_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    program = "\n".join([*blocks, "print(len(kipu.search_runs()))"])
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    name, digest, uri, runs = done.stdout.split()
    assert (name, len(digest), uri, runs) == ("train", 8, "s3://bucket/train.csv", "2")
