"""Modules that load models of particular kinds, at the paths that ``MLmodel`` files name."""
