"""Fits of statsmodels that are logged by themselves."""

import contextlib

import mlflow
import numpy as np
import pandas as pd
import statsmodels.api as sm

mlflow.statsmodels.autolog(extra_tags={"team": "x"})
random = np.random.default_rng(0)
frame = pd.DataFrame({"const": 1.0, "x": random.normal(size=40)})
line = frame["x"] * 2 + 1 + random.normal(size=40) / 9
sm.OLS(line, frame).fit(cov_type="HC1")
sm.GLM(line > 1, frame, family=sm.families.Binomial()).fit(maxiter=20)
with mlflow.start_run():
    sm.Logit(line > 1, frame).fit(disp=0)
mlflow.statsmodels.autolog(log_models=False)
sm.tsa.AutoReg(line.to_numpy(), lags=2).fit()
with contextlib.suppress(ValueError):
    sm.OLS(line, frame).fit(method="no such method")
