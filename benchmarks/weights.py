"""What does it cost to log a model with large weights, on this disk and through a server?

python benchmarks/weights.py [--mib 1024] [--mlflow /path/to/python]    # of an environment with it

Per case, a process logs a model of two files three times: new, the same again, and with one file
changed. Seconds are those until ``log_model`` returns and, in brackets, until everything is stored;
what it takes to write the files, before a tracker sees them, is not counted. Memory is the peak of
client and server above what they had before; disk and network are bytes added to the artifacts, and
bytes on the loopback device.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CLIENT = """
import importlib, json, os, sys, time, types, warnings
warnings.filterwarnings("ignore")
sys.path.insert(0, os.getcwd())
name, uri, server, root, mib = *sys.argv[1:5], int(sys.argv[5])
tracker = importlib.import_module(name)
models = importlib.import_module(name + ".models")
written = 0.0
block = os.urandom(1 << 20)

def save_model(path, mlflow_model, seeds, size=mib):
    global written
    began = time.perf_counter()
    os.makedirs(path, exist_ok=True)
    for number, seed in enumerate(seeds):
        with open(os.path.join(path, f"weights-{number}.bin"), "wb") as file:
            for at in range(size // len(seeds)):
                file.write(b"%8d%8d" % (seed, at))
                file.write(block[16:])
    mlflow_model.add_flavor("weights")
    mlflow_model.save(os.path.join(path, "MLmodel"))
    written = time.perf_counter() - began

flavor = types.ModuleType("weights")
flavor.save_model = save_model

def peak(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))

def reset(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")
    return peak(pid)

def pids():
    return [os.getpid(), *map(int, server.split(","))] if server else [os.getpid()]

def on_disk():
    seen = {}
    for folder, _, names in os.walk(root):
        for each in names:
            status = os.lstat(os.path.join(folder, each))
            seen[status.st_ino] = status.st_blocks * 512
    return sum(seen.values())

def on_wire():
    with open("/proc/net/dev") as file:
        line = next(line for line in file if line.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[8])

tracker.set_tracking_uri(uri)
tracker.set_experiment("weights")
answers = []
with tracker.start_run() as run:
    models.Model.log(artifact_path=None, name="warm", flavor=flavor, seeds=[0], size=2)
    tracker.flush_artifact_async_logging()
    for seeds in ([1, 2], [1, 2], [1, 3]):
        before, disk, wire = [reset(pid) for pid in pids()], on_disk(), on_wire()
        began = time.perf_counter()
        models.Model.log(artifact_path=None, name="big", flavor=flavor, seeds=seeds)
        returned = time.perf_counter() - began - written
        tracker.flush_artifact_async_logging()
        stored = time.perf_counter() - began - written
        grown = [peak(pid) - was for pid, was in zip(pids(), before)]
        answers.append([returned, stored, written, grown[0], max(grown[1:], default=0),
                        on_disk() - disk, on_wire() - wire])
print(json.dumps(answers))
"""
CASES = ("new", "the same again", "one file of two changed")


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def measure(python: str, tracker: str, through_server: bool, mib: int) -> list[list[float]]:
    """Run the client of one tracker, perhaps with its server, in an empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="weights-"))
    env = os.environ | {
        "DO_NOT_TRACK": "true",
        "KIPU_HOME": str(folder / "home"),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    (folder / "tmp").mkdir()
    env["TMPDIR"] = str(folder / "tmp")
    server = None
    uri, pids, root = (folder / "mlruns").as_uri(), "", folder / "mlruns"
    if tracker == "mlflow":
        uri = f"sqlite:///{folder}/mlflow.db"
    try:
        if through_server:
            port = 20000 + os.getpid() % 20000
            uri, root = f"http://127.0.0.1:{port}", folder / "stored"
            with (folder / "log").open("wb") as log:
                server = subprocess.Popen(
                    [python, "-m", tracker, "server", "--port", str(port), "--backend-store-uri",
                     f"sqlite:///{folder}/runs.db", "--artifacts-destination", str(root),
                     "--workers", "1"],
                    cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            wait_for(f"{uri}/health")
            pids = ",".join(map(str, children(server.pid)))
        done = subprocess.run(
            [python, "-c", CLIENT, tracker, uri, pids, str(root), str(mib)],
            cwd=folder, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        answers: list[list[float]] = json.loads(done.stdout.splitlines()[-1])
        return answers
    finally:
        if server is not None:
            os.killpg(server.pid, 9)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str) -> None:
    """Return when a server answers."""
    for _ in range(2000):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def main() -> None:
    """Measure each case, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--mlflow", help="Python of an environment with MLflow")
    parser.add_argument("--only", choices=["local", "server"])
    given = parser.parse_args()
    trackers = {"kipu": sys.executable} | ({"mlflow": given.mlflow} if given.mlflow else {})
    print("                                seconds (stored)   client   server disk, MiB wire, MiB")
    for place in ("local", "server"):
        if given.only in (None, place):
            for tracker, python in trackers.items():
                answers = measure(python, tracker, place == "server", given.mib)
                for case, answer in zip(CASES, answers, strict=True):
                    returned, stored, _, *sizes = answer
                    client, server, disk, wire = (int(size) >> 20 for size in sizes)
                    print(f"{place:6} {tracker:6} {case:24} {returned:6.2f} ({stored:6.2f})"
                          f" {client:8} {server:8} {disk:8} {wire:8}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
