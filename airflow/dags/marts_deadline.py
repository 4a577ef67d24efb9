"""Tells when the published marts get older than they may, whatever the reason: a failed or a paused pipeline looks the
same to whoever reads them."""

from datetime import timedelta

from airflow.sdk import DAG, task

from pipeline import alerts, failures, settings, supervision, warehouse
from pipeline.defaults import schedule, task_defaults

WATCH = "marts_deadline"


@task
def look() -> dict[str, int]:
    deadline = timedelta(hours=settings.load().marts_deadline_hours)
    try:
        age = warehouse.marts_age()
    except Exception as error:  # noqa: BLE001
        return alerts.tell(WATCH, [supervision.warehouse_away(error)], is_whole=False)
    return alerts.tell(WATCH, supervision.late_marts(age, deadline))


with DAG(
    dag_id=WATCH,
    description="a mail when what is published is older than EBB_MARTS_DEADLINE_HOURS, and one when it no longer is",
    schedule=schedule("*/30 * * * *"),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    # The next look comes soon enough.
    default_args=task_defaults() | {"retries": 0},
    on_failure_callback=failures.on_run_failure,
    tags=["alerts"],
    doc_md=__doc__,
) as dag:
    look()
