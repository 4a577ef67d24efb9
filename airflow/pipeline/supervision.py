"""Whether events and changes still come through."""

from airflow.providers.postgres.hooks.postgres import PostgresHook

from pipeline import jobs
from pipeline.alerts import Condition

# The view judges, and says by which limits; `ebb alerts` shows the same.
_CONDITIONS = "SELECT condition, subject, detail, advice FROM ops.stream_conditions ORDER BY condition, subject"


def stream_conditions() -> list[Condition]:
    rows = PostgresHook(postgres_conn_id=jobs.CONNECTION).get_records(_CONDITIONS)
    return [Condition(f"{condition} {subject}", detail, advice) for condition, subject, detail, advice in rows]
