"""One file per ML library: how its models are saved and loaded."""
