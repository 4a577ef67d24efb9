"""Mean ROC AUC over given folds of scikit-learn's logistic regression and both its gradient boostings, as they come.

Reads a JSON file: columns (kind, name, values; null is blank), labels, folds (number per row). Prints JSON.
"""

import json
import sys
import time

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def read(path):
    with open(path, encoding="utf-8") as file:
        table = json.load(file)
    columns = table["columns"]
    numeric = [i for i, column in enumerate(columns) if column["kind"] == "numeric"]
    cells = np.empty((len(table["labels"]), len(columns)), dtype=object)
    for i, column in enumerate(columns):
        blank = np.nan if i in numeric else "(blank)"
        cells[:, i] = [blank if value is None else value for value in column["values"]]
    return cells, numeric, np.array(table["labels"]), np.array(table["folds"])


def pipeline(model, numeric, width):
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    categorical = [i for i in range(width) if i not in numeric]
    return make_pipeline(ColumnTransformer([("n", numbers, numeric), ("c", levels, categorical)]), model)


def mean_auc(model, cells, numeric, labels, folds):
    aucs = []
    for fold in np.unique(folds):
        held = folds == fold
        fitted = pipeline(model, numeric, cells.shape[1]).fit(cells[~held], labels[~held])
        aucs.append(roc_auc_score(labels[held], fitted.predict_proba(cells[held])[:, 1]))
    return float(np.mean(aucs))


def main():
    table = read(sys.argv[1])
    logistic = mean_auc(LogisticRegression(max_iter=1000), *table)
    started = time.perf_counter()
    boosting = mean_auc(GradientBoostingClassifier(random_state=0), *table)
    seconds = time.perf_counter() - started
    histogram = mean_auc(HistGradientBoostingClassifier(random_state=0), *table)
    print(json.dumps({"logistic": logistic, "boosting": boosting, "histogram": histogram, "seconds": seconds}))


main()
