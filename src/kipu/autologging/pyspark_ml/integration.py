"""The integration, and the versions of Spark that it is tested with."""

from kipu.autologging.integration import Integration

SPARK_ML = Integration(
    "pyspark.ml", library="pyspark.ml", versions=("3.4.4", "4.3.0"), distributions=("pyspark",)
)
