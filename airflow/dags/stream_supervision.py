"""Whether the streams flow: lag, slots, dead letters, ledger, silence. It starts nothing: services run by themselves, and
a second copy of one can never be started from here. What is wrong is told once, and again when it is over."""

from airflow.sdk import DAG, task

from pipeline import alerts, failures, supervision
from pipeline.defaults import schedule, task_defaults


@task
def look() -> dict[str, int]:
    return alerts.tell("stream_supervision", supervision.stream_conditions())


with DAG(
    dag_id="stream_supervision",
    description="lag, slots, dead letters, ledger and silence of the streams; starts nothing, mails what came and what went",
    schedule=schedule("0 */3 * * *"),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["alerts"],
    doc_md=__doc__,
) as dag:
    look()
