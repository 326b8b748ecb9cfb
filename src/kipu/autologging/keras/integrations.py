"""The two names under which training with Keras is logged."""

from kipu.autologging.integration import Integration

KERAS = Integration("keras", library="keras", versions=("3.7.0", "3.15.1"))
TENSORFLOW = Integration(
    "tensorflow",
    library="tensorflow",
    versions=("2.17.1", "2.21.0"),
    distributions=("tensorflow", "tensorflow-cpu"),
)
