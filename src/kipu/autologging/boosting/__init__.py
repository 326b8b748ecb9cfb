"""What the libraries of boosted trees share: rounds of training, data sets, importances, models."""
