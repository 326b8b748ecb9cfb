"""Artifact bytes by path, on local disk or through a server; streamed, never whole in memory."""
