"""K-Means of scikit-learn on one thread, of a file of float64 rows; prints seconds and inertias as JSON.

python scikit_learn.py FILE COLUMNS N_INIT K...
"""

import json
import os
import sys
import time

# Read when numpy is imported.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy  # noqa: E402
import sklearn  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402


def main() -> None:
    path, columns, n_init, *ks = sys.argv[1:]
    rows = numpy.fromfile(path, dtype="<f8").reshape(-1, int(columns))
    KMeans(n_clusters=2, n_init=1, random_state=0).fit(rows[:1000])
    started = time.perf_counter()
    started_cpu = time.process_time()
    inertias = [
        float(KMeans(n_clusters=int(k), n_init=int(n_init), random_state=42).fit(rows).inertia_) for k in ks
    ]
    result = {
        "seconds": time.perf_counter() - started,
        "cpuSeconds": time.process_time() - started_cpu,
        "inertias": inertias,
        "version": sklearn.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
