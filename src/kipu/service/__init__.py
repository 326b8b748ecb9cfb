"""Every rule that MLflow states, once: a service wraps a store and looks like one."""
