"""Tables of the published build, with the columns that the models' contracts promise, in place of whole models."""

import yaml
from airflow.providers.clickhousedb.hooks.clickhouse import ClickHouseHook

from pipeline import warehouse
from pipeline.settings import REPOSITORY

CONTRACTS = sorted((REPOSITORY / "dbt" / "models" / "marts").glob("*/*.yml"))


def fill(name: str, select: str) -> None:
    """The mart with the rows of this SELECT, whose columns have the mart's names; the others keep their defaults."""
    table = f"marts_{warehouse.current_publication().id}.{name}"
    columns = ", ".join(f"`{one['name']}` {one['data_type']}" for one in columns_of(name))
    given = ", ".join(row[0] for row in warehouse.rows(f"DESCRIBE TABLE ({select})"))
    _run(f"DROP TABLE IF EXISTS {table}")
    _run(f"CREATE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY tuple()")
    _run(f"INSERT INTO {table} ({given}) {select}")


def columns_of(name: str) -> list[dict[str, str]]:
    models = (model for path in CONTRACTS for model in yaml.safe_load(path.read_text()).get("models", []))
    return next(model["columns"] for model in models if model["name"] == name)


def _run(sql: str) -> None:
    ClickHouseHook(warehouse.CONNECTION).run(sql)
