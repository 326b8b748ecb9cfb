"""How many ``log-batch`` requests of 1,000 points does a server take for a second of one core?

python benchmarks/log_batch.py [clients] [windows]

Counts the server's own CPU time (Linux), so that the client beside it does not matter; the best of
several windows stands for an idle machine.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kipu.testing.server import kipu_server

KEYS = 10
POINTS = 1_000
REQUESTS = 32
"""Of each client in each window; a run's points are folded after every 16."""


def cpu_ms(pid: int) -> float:
    """CPU time of all threads of a process."""
    tasks = Path("/proc", str(pid), "task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def batch(run_id: str, number: int) -> bytes:
    """The body of one request."""
    points = [
        {
            "key": f"metric/{at % KEYS}",
            "value": random.random(),
            "timestamp": 1_700_000_000_000 + number * POINTS + at,
            "step": (number * POINTS + at) // KEYS,
        }
        for at in range(POINTS)
    ]
    return json.dumps({"run_id": run_id, "metrics": points}).encode()


class Client:
    """A connection that logs into a run of its own."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        made = json.loads(self._post("create", b'{"experiment_id": "0"}'))
        self._run_id, self._sent = made["run"]["info"]["run_id"], 0

    def prepare(self) -> list[bytes]:
        """The bodies of the next window."""
        self._sent += REQUESTS
        return [batch(self._run_id, self._sent + at) for at in range(REQUESTS)]

    def send(self, bodies: list[bytes]) -> None:
        """Log them."""
        for body in bodies:
            self._post("log-batch", body)

    def _post(self, what: str, body: bytes) -> bytes:
        head = {"Content-Type": "application/json"}
        self._connection.request("POST", f"/api/2.0/mlflow/runs/{what}", body, head)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(text)
        return text


def main(count: int, windows: int) -> None:
    """Measure and print."""
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parent.parent / "src"))
    taken = []
    with tempfile.TemporaryDirectory() as folder, kipu_server(Path(folder)) as server:
        clients = [Client(server.port) for _ in range(count)]
        with ThreadPoolExecutor(count) as pool:
            for window in range(windows + 1):
                bodies = [client.prepare() for client in clients]
                before = cpu_ms(server.pid)
                list(pool.map(Client.send, clients, bodies))
                if window:  # the first one warms up
                    taken.append((cpu_ms(server.pid) - before) / (count * REQUESTS))
    taken.sort()
    best, middle = taken[0], taken[len(taken) // 2]
    print(f"{best:.2f} ms of CPU a request at best, {middle:.2f} in the median:", end=" ")
    print(f"{1000 / best:.0f} and {1000 / middle:.0f} requests for a second of one core")


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:3]]
    main(*(asked + [4, 20][len(asked) :]))
