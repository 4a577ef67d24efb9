"""The lake's own Python: pyiceberg and Airflow do not go into one environment."""

from typing import Any

from airflow.sdk import task

from pipeline import settings

_config = settings.load()


@task.external_python(
    python=str(_config.lake_python), expect_airflow=False, env_vars={"PYTHONPATH": str(_config.lake_folder)}
)
def publish_lake(exported: dict[str, Any]) -> dict[str, Any]:
    """What became of each table. Repeating it publishes nothing twice."""
    from ebb_lake.run import run

    return run(exported["manifest"])
