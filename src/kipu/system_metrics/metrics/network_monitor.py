"""Network traffic."""

from __future__ import annotations

import psutil

from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor


class NetworkMonitor(BaseMetricsMonitor):
    """Megabytes of all interfaces since the sampler was made: a sum that grows, not a rate."""

    def __init__(self) -> None:
        super().__init__()
        self._received, self._sent = _traffic()

    def collect_metrics(self) -> None:
        """Take one sample, which replaces the one before."""
        received, sent = _traffic()
        self._metrics["network_receive_megabytes"] = (received - self._received) / 1e6
        self._metrics["network_transmit_megabytes"] = (sent - self._sent) / 1e6

    def aggregate_metrics(self) -> dict[str, float]:
        """The last sample."""
        return dict(self._metrics)


def _traffic() -> tuple[int, int]:
    """Bytes received and sent since the machine started."""
    counters = psutil.net_io_counters()
    return (counters.bytes_recv, counters.bytes_sent) if counters else (0, 0)  # no interface
