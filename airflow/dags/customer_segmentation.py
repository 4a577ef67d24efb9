"""What models say of customers: made anew from the published marts, checked, kept with its history, told by mail."""

from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, TriggerRule, chain, task

from pipeline import customers, failures, mails, settings
from pipeline.assets import MARTS
from pipeline.defaults import schedule, task_defaults
from pipeline.jobs import run_job, run_job_once, run_model
from pipeline.lake import publish_lake

MODELS = settings.load().models


@task(trigger_rule=TriggerRule.NONE_FAILED)
def mail_report(runs: list[dict[str, Any]], checks: list[dict[str, Any] | None], lake: dict[str, Any] | None) -> None:
    """Also of what was skipped, of which there is no check, and no lake where it was everything."""
    named = [(f"{kind} of {source}", run) for (kind, source), run in zip(MODELS, runs, strict=True)]
    mails.send(f"[Ebb] customer_segmentation: {customers.subject(named)}", customers.report(named, checks, lake))


with DAG(
    dag_id="customer_segmentation",
    description="segments, clusters, value and churn of customers; models checked, the lake published, a report mailed",
    schedule=AssetOrTimeSchedule(timetable=schedule("0 18 * * *"), assets=[MARTS]),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    # Those that wait for the worker cost memory, and it does one job at a time.
    max_active_tasks=2,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["models"],
    doc_md=__doc__,
) as dag:
    # Of a job that failed the next publication is the next attempt. A run that is held back is no failure, and its reasons
    # are in the report; a model that no longer fits is one. A source of which there is nothing yet is skipped, with its
    # check; the others go on, and the report says so.
    runs = [run_model.override(task_id=f"{kind}__{source}")(kind, source) for kind, source in MODELS]
    checks = [
        run_job_once.override(task_id=f"check__{kind}__{source}")("model_check", {"kind": kind, "source": source})
        for kind, source in MODELS
    ]
    any_run = TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
    exported = run_job.override(task_id="export", trigger_rule=any_run)("lake_export", {})
    published = publish_lake(exported)
    for run, check in zip(runs, checks, strict=True):
        chain(run, check, exported)
    mail_report(runs, checks, published)
