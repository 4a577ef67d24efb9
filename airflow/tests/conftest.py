import pytest
from airflow.dag_processing.dagbag import DagBag

from pathlib import Path

DAGS = Path(__file__).parents[1] / "dags"


@pytest.fixture(scope="session")
def bag() -> DagBag:
    return DagBag(str(DAGS))
