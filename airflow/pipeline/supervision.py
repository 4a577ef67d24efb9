"""Whether events and changes still come through, and whether the marts are as new as promised."""

from datetime import timedelta

from airflow.providers.postgres.hooks.postgres import PostgresHook

from pipeline import jobs, warehouse
from pipeline.alerts import Condition

# The view judges, and says by which limits; `ebb alerts` shows the same.
_CONDITIONS = "SELECT condition, subject, detail, advice FROM ops.stream_conditions ORDER BY condition, subject"


def stream_conditions() -> list[Condition]:
    rows = PostgresHook(postgres_conn_id=jobs.CONNECTION).get_records(_CONDITIONS)
    return [Condition(f"{condition} {subject}", detail, advice) for condition, subject, detail, advice in rows]


def late_marts(age: warehouse.MartsAge | None, deadline: timedelta) -> list[Condition]:
    """Empty without any build: nothing was promised yet."""
    if age is None or timedelta(seconds=age.seconds) <= deadline:
        return []
    hours = f"{age.seconds / 3600:.1f} h"
    since = f"published {hours} ago" if age.is_published else f"never published, begun {hours} ago"
    detail = f"the marts that people read were {since}; the limit is {deadline.total_seconds() / 3600:g} h"
    return [Condition("marts_late", detail, "look at the last runs of customer_events_pipeline and the mails they sent")]


def warehouse_away(error: Exception) -> Condition:
    return Condition(
        "warehouse_away",
        f"the warehouse does not answer ({type(error).__name__}), so the age of the marts is not known",
        "look whether ClickHouse runs: ebb status",
    )
