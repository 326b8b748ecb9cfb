"""PyTorch and Lightning as an integration: the options, and what they are tested with."""

from kipu.autologging.integration import Integration

PYTORCH = Integration("pytorch", library="torch", versions=("2.5.0", "2.14.0"))

LIGHTNINGS = ("lightning.pytorch", "pytorch_lightning")
"""The two names by which Lightning is installed; their classes have nothing in common."""

LIGHTNING_VERSIONS = ("2.4.0", "2.6.6")
