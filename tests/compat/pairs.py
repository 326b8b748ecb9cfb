"""Which client meets which server."""

Pair = tuple[str, str]
"""A client and a server, each ``kipu`` or ``mlflow``."""

OFFICIAL: Pair = ("mlflow", "mlflow")
PAIRS: list[Pair] = [OFFICIAL, ("kipu", "kipu"), ("kipu", "mlflow"), ("mlflow", "kipu")]
