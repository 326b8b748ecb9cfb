"""Automatic logging of training runs: the patching engine, and one file per ML library."""
