"""The week that was: sales, visits, customers and segments as figures and charts, for people who open no dashboard."""

from airflow.sdk import DAG, task

from pipeline import documents, failures, mails, warehouse, week, weekly
from pipeline.defaults import schedule, task_defaults


@task
def mail_week() -> str:
    """The subject. Before the first publication there is nothing to report, and that is no failure."""
    current = warehouse.current_publication()
    if current is None:
        return "nothing is published yet"
    figures = week.read(current)
    subject, parts = weekly.subject(figures), weekly.document(figures)
    mails.send(f"[Ebb] weekly_report: {subject}", documents.as_html(parts), documents.as_text(parts))
    return subject


with DAG(
    dag_id="weekly_report",
    description="sales, visits, funnel, customers and segments of the week beside the week before, by mail, from the published marts",
    schedule=schedule("0 7 * * 1"),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["reports"],
    doc_md=__doc__,
) as dag:
    mail_week()
