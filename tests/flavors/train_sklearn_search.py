"""Searches for parameters under ``autolog()``, with runs of their own below them."""

import types
import warnings

import mlflow
import mlflow.sklearn
import sklearn.model_selection._validation
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

warnings.simplefilter("ignore")
# Fits that take no time: what is measured of them is the same in both.
sklearn.model_selection._validation.time = types.SimpleNamespace(time=lambda: 0.0)
X, y = load_iris(return_X_y=True, as_frame=True)
mlflow.sklearn.autolog(log_input_examples=True, max_tuning_runs=2, extra_tags={"team": "blue"})

grid = GridSearchCV(LogisticRegression(), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=2)
grid.fit(X, y)
few = X[:10]
grid.predict(few)
grid.score(few, y[:10])

pipe = make_pipeline(StandardScaler(), LogisticRegression())
several = RandomizedSearchCV(
    pipe, {"logisticregression__C": [0.01, 0.2, 1.0, 5.0]}, n_iter=3, cv=2, random_state=0,
    scoring=["accuracy", "f1_macro"], refit="accuracy",
)  # fmt: skip
several.fit(X, y)

mlflow.sklearn.autolog(max_tuning_runs=None)
GridSearchCV(KMeans(n_init=1, random_state=0), {"n_clusters": [2, 3]}, cv=2).fit(X.to_numpy())
GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2, refit=False).fit(
    X, y
)
mlflow.sklearn.autolog(max_tuning_runs=0, log_models=False)
with mlflow.start_run(run_name="mine"):
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, y)
