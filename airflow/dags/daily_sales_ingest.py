"""The retailer's daily files: into the store, into the warehouse, into a new publication, and what they were worth."""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Variable, task

from pipeline import failures, mails, warehouse
from pipeline.defaults import schedule, task_defaults
from pipeline.jobs import run_job

# Number of the last load that a report told of.
TOLD = "daily_sales_ingest_told"


@task
def quality_report(uploaded: dict[str, Any], loaded: dict[str, Any]) -> None:
    """Of all that came in since the last report: the loader looks by itself too, so the run's own loads are not all."""
    new = warehouse.loads_after(int(Variable.get(TOLD, default=0)))
    current = warehouse.current_publication()
    figures = [("files", new.files), ("rows", new.rows), ("rows refused", new.rejected)]
    body = mails.paragraph(f"Published is {current}.")
    body += "<h3>New since the last report</h3>" + mails.table(figures)
    body += "<h3>Uploaded</h3>" + mails.table(uploaded.items())
    body += "<h3>Loaded by this run itself</h3>" + mails.table(loaded.items())
    body += "<h3>Retail</h3>" + mails.table(warehouse.retail_figures(current.id), ("figure", "value"))
    if found := warehouse.warnings(current.id):
        body += "<h3>Warnings</h3>" + mails.table(found, ("test", "message"))
    # A day without files looks like any other in the figures, so the subject says it.
    came_in = f"{new.rows} rows of {new.files} files" if new.files else "NO new files"
    mails.send(f"[Ebb] daily_sales_ingest: {came_in}", body)
    Variable.set(TOLD, str(new.last_load))


with DAG(
    dag_id="daily_sales_ingest",
    description="upload the days not yet sent, load what is new, build, report its quality",
    schedule=schedule("0 9 * * *"),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["files"],
    doc_md=__doc__,
) as dag:
    # Both catch up whatever day was missed, so that no run depends on the one before it.
    uploaded = run_job.override(task_id="upload")("files.upload", {})
    loaded = run_job.override(task_id="load")("files.load", {"prefix": "daily_sales/"})
    # A publication holds all models, so there is one build for everybody, and one at a time: the pipeline's.
    build = TriggerDagRunOperator(
        task_id="build",
        trigger_dag_id="customer_events_pipeline",
        trigger_run_id="operator_triggered__{{ run_id }}__attempt_{{ ti.try_number }}",
        wait_for_completion=True,
        poke_interval=10,
        # Mailed by the build itself.
        retries=0,
        execution_timeout=timedelta(hours=6),
    )
    uploaded >> loaded >> build >> quality_report(uploaded, loaded)
