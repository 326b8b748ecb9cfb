"""Training with three scripts in one process: starting one costs more than the training."""

import train_boosted_estimators  # noqa: F401
import train_lightgbm  # noqa: F401
import train_xgboost  # noqa: F401
