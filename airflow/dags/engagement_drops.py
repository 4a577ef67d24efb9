"""Who comes far less than before: a mail with the customers concerned, each of them once, and with those who came back."""

from airflow.sdk import DAG, AssetOrTimeSchedule, task

from pipeline import engagement, failures
from pipeline.assets import MARTS
from pipeline.defaults import schedule, task_defaults


@task
def look() -> dict[str, int]:
    return engagement.tell()


with DAG(
    dag_id="engagement_drops",
    description="customers whose visits dropped more than chance explains, from the published marts; a mail when there are new ones",
    schedule=AssetOrTimeSchedule(timetable=schedule("0 7 * * *"), assets=[MARTS]),
    start_date=None,
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(),
    on_failure_callback=failures.on_run_failure,
    tags=["alerts"],
    doc_md=__doc__,
) as dag:
    look()
