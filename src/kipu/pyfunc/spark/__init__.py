"""Models of any flavor as functions of Spark."""
