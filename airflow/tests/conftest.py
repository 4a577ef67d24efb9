from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.utils.state import DagRunState

from pipeline import warehouse

DAGS = Path(__file__).parents[1] / "dags"


@pytest.fixture(scope="session")
def bag() -> DagBag:
    return DagBag(str(DAGS))


@pytest.fixture(scope="session")
def published(bag) -> warehouse.Publication:
    """One that other tests have made, or else one of its own."""
    if warehouse.current_publication() is None:
        assert bag.dags["customer_events_pipeline"].test().state == DagRunState.SUCCESS
    return warehouse.current_publication()
