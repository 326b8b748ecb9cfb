"""The contracts of stores, one file per part of ``kipu.store.interface``."""
