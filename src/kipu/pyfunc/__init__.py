"""The generic model: the names of its part of an ``MLmodel`` file.

Loading and predicting come with the flavors.
"""

from kipu.pyfunc import context

FLAVOR_NAME = "python_function"
MAIN = "loader_module"
CODE = "code"
DATA = "data"
ENV = "env"
PY_VERSION = "python_version"

__all__ = ["CODE", "DATA", "ENV", "FLAVOR_NAME", "MAIN", "PY_VERSION", "context"]
