"""HTTP to a tracking server: connections, credentials, retries."""

from kipu.transport.http import Answer, Transport

__all__ = ["Answer", "Transport"]
