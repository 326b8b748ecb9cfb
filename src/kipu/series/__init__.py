"""Metric points as columns: batches, compressed blocks, buckets for charts; no I/O."""
