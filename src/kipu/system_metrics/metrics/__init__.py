"""One sampler per kind of hardware."""
