"""Estimators of each kind, fitted under ``autolog()``, and metrics that are asked for later."""

import warnings

import mlflow
import mlflow.sklearn
import numpy as np
import scipy.sparse
import sklearn.metrics
import sklearn.model_selection
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

warnings.simplefilter("ignore")
mlflow.sklearn.autolog(extra_tags={"team": "blue"})
x, y = load_breast_cancer(return_X_y=True, as_frame=True)
x = x.iloc[:, :3]
train_x, train_y, test_x, test_y = x[:60], y[:60], x[60:90], y[60:90]

# A pipeline, a binary classifier, with a frame; and what is asked of it later.
model = Pipeline([("scale", StandardScaler()), ("line", LogisticRegression(C=0.5))])
model.fit(train_x, train_y)
predicted = model.predict(test_x)
sklearn.metrics.accuracy_score(test_y, predicted)
sklearn.metrics.accuracy_score(y_true=test_y, y_pred=predicted, normalize=False)
sklearn.metrics.f1_score(test_y, predicted, average="macro")
sklearn.metrics.roc_auc_score(test_y, model.predict_proba(test_x)[:, 1])  # a view: not known
sklearn.metrics.log_loss(test_y, model.predict_proba(test_x))
sklearn.metrics.confusion_matrix(test_y, predicted)
model.score(test_x, test_y)
model.score(x[90:100], y[90:100])
model.score(test_x, test_y)
sklearn.metrics.mean_squared_error(test_y, test_y)
sklearn.metrics.get_scorer("accuracy")(model, test_x, test_y)

# Three classes, arrays, weights, by keyword.
iris_x, iris_y = load_iris(return_X_y=True)
weights = np.linspace(1, 2, 150)
forest = RandomForestClassifier(3, max_depth=2, random_state=0)
forest.fit(X=iris_x, y=iris_y, sample_weight=weights)

# A regressor into a run of the caller's.
with mlflow.start_run(run_name="mine"):
    mlflow.log_param("own", 1)
    diabetes_x, diabetes_y = load_diabetes(return_X_y=True, as_frame=True)
    line = LinearRegression().fit(diabetes_x[:80], diabetes_y[:80])
    line.score(diabetes_x[80:], diabetes_y[80:])

# No labels; no predict_proba; sparse; several outputs; an ensemble of others.
KMeans(2, n_init=1, random_state=0).fit(iris_x)
KMeans(2, n_init=1, random_state=0).fit_predict(iris_x)
PCA(2).fit_transform(iris_x)
SVC(kernel="linear").fit(iris_x[:100], iris_y[:100])
LinearSVC().fit(scipy.sparse.csr_matrix(iris_x), iris_y)
MultiOutputClassifier(LogisticRegression()).fit(iris_x, np.c_[iris_y == 1, iris_y == 2])
VotingClassifier([("a", LogisticRegression()), ("b", LinearSVC())]).fit(iris_x[:100], iris_y[:100])
make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0)).fit(iris_x)

# Lists, and what is not logged: preparation alone, cross-validation.
LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"])
StandardScaler().fit(iris_x)
sklearn.model_selection.cross_val_score(LogisticRegression(), iris_x, iris_y, cv=2)

mlflow.sklearn.autolog(
    log_models=False, log_datasets=False, log_post_training_metrics=False, pos_label="yes"
)
texts = np.where(iris_y[:100] == 1, "yes", "no")
positive = LogisticRegression().fit(iris_x[:100], texts)
positive.score(iris_x[:100], texts)
mlflow.sklearn.autolog(disable=True)
LogisticRegression().fit(iris_x, iris_y)
