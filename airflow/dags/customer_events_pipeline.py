"""Everything that has landed, through all models into a new publication."""

from airflow.sdk import DAG, chain, get_current_context, task

from pipeline import builds, failures, mails, warehouse
from pipeline.assets import MARTS
from pipeline.defaults import schedule, task_defaults


@task
def mail_summary() -> None:
    id = get_current_context()["ti"].xcom_pull(task_ids="build_id")
    current = warehouse.current_publication()
    figures = [
        ("publication", str(current)),
        ("models", current.models),
        ("tests passed", current.tests_passed),
        ("tests with a warning", current.tests_warned),
    ]
    body = mails.table(figures)
    body += "<h3>Rows</h3>" + mails.table(warehouse.table_rows(id), ("table", "rows"))
    if found := warehouse.warnings(id):
        body += "<h3>Warnings</h3>" + mails.table(found, ("test", "message"))
    mails.send(f"[Ebb] customer_events_pipeline: published {id}", body)


with DAG(
    dag_id="customer_events_pipeline",
    description="freshness, then staging, intermediate and marts in a candidate, each model tested; then published",
    schedule=schedule("0 */6 * * *"),
    start_date=None,
    catchup=False,
    # A second build would read what the first one writes.
    max_active_runs=1,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["dbt"],
    doc_md=__doc__,
) as dag:
    id = builds.build_id()
    opened = builds.operation("open_candidate", "open_candidate", {"id": builds.BUILD_ID})
    layers = [builds.layer(name) for name in builds.LAYERS]
    published = builds.operation("publish", "publish", {"id": builds.BUILD_ID}, retries=0, outlets=[MARTS])
    chain(id, builds.check_freshness(), opened, *layers, published, mail_summary())
    [opened, *layers, published] >> builds.give_up()
