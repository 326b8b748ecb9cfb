"""Where experiments, runs and metrics are kept: the protocols, and what keeps them."""
