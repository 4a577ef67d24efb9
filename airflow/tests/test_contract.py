"""What every DAG promises, read from the DAGs as Airflow sees them."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from airflow.sdk import DAG, TriggerRule, chain
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction

from pipeline import builds, customers, failures, settings
from pipeline.assets import MARTS
from pipeline.builds import LAYERS
from pipeline.defaults import task_defaults

FOLDER = Path(__file__).parents[1]
SOURCES = [*FOLDER.glob("dags/*.py"), *FOLDER.glob("pipeline/*.py")]
SCHEDULES = {
    "customer_events_pipeline": "0 */6 * * *",
    "customer_segmentation": "0 18 * * *",
    "daily_sales_ingest": "0 9 * * *",
    "engagement_drops": "0 7 * * *",
    "marts_deadline": "*/30 * * * *",
    "stream_supervision": "0 */3 * * *",
    "weekly_report": "0 7 * * 1",
}
# They go on past what was skipped, and never past a failure.
PAST_SKIPPED = {
    ("customer_segmentation", "export"): TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    ("customer_segmentation", "mail_report"): TriggerRule.NONE_FAILED,
}
# Ways by which a scheduler could reach into machines and containers instead of asking for work.
FORBIDDEN = {"subprocess", "docker", "BashOperator", "DockerOperator", "SSHOperator", "system", "popen"}


def test_all_dags_are_there_and_load_without_a_fault(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == set(SCHEDULES)


@pytest.mark.parametrize("dag_id", SCHEDULES)
class TestEveryDag:
    def test_runs_when_its_schedule_says_and_never_for_the_past(self, bag, dag_id):
        dag = bag.dags[dag_id]
        assert getattr(dag.timetable, "timetable", dag.timetable).expression == SCHEDULES[dag_id]
        assert dag.catchup is False
        assert dag.start_date is None
        assert all(task.depends_on_past is False for task in dag.tasks)

    def test_a_first_start_after_its_hour_waits_for_the_next_one(self, bag, dag_id, monkeypatch):
        timetable = coerce_to_core_timetable(bag.dags[dag_id].timetable)
        for minutes in range(0, 24 * 60, 10):
            start = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minutes)
            monkeypatch.setattr("airflow.timetables.trigger.utcnow", lambda start=start: start)
            first = timetable.next_dagrun_info(
                last_automated_data_interval=None, restriction=TimeRestriction(None, None, catchup=False)
            )
            assert first.run_after >= start, start

    def test_runs_once_at_a_time(self, bag, dag_id):
        assert bag.dags[dag_id].max_active_runs == 1

    def test_tells_of_every_failure_and_every_further_attempt(self, bag, dag_id):
        for task in bag.dags[dag_id].tasks:
            assert task.on_failure_callback, task.task_id
            assert task.on_retry_callback, task.task_id

    def test_tells_of_tasks_that_were_killed_before_they_could(self, bag, dag_id):
        assert bag.dags[dag_id].on_failure_callback is failures.on_run_failure

    def test_no_task_can_hang_for_ever(self, bag, dag_id):
        for task in bag.dags[dag_id].tasks:
            assert timedelta(0) < task.execution_timeout <= timedelta(hours=6), task.task_id

    def test_every_task_waits_for_the_success_of_what_is_before_it(self, bag, dag_id):
        """But for the one that cleans up after a failure, behind which nothing comes: a failed run never looks green."""
        for task in bag.dags[dag_id].tasks:
            if task.task_id == "give_up":
                assert (task.trigger_rule, task.downstream_task_ids) == (TriggerRule.ONE_FAILED, set())
            else:
                expected = PAST_SKIPPED.get((dag_id, task.task_id), TriggerRule.ALL_SUCCESS)
                assert task.trigger_rule == expected, task.task_id


def test_the_pipeline_goes_from_freshness_through_the_layers_to_the_publication(bag):
    dag = bag.dags["customer_events_pipeline"]
    order = ["build_id", "check_freshness", "open_candidate", *LAYERS, "publish", "mail_summary"]
    for before, after in zip(order, order[1:], strict=False):
        assert after in dag.get_task(before).downstream_task_ids, (before, after)
    assert dag.get_task("mail_summary").downstream_task_ids == set()


def test_everything_that_can_fail_after_the_candidate_was_opened_leads_to_giving_it_up(bag):
    upstream = bag.dags["customer_events_pipeline"].get_task("give_up").upstream_task_ids
    assert upstream == {"open_candidate", *LAYERS, "publish"}


def test_builds_and_publications_are_not_tried_again(bag):
    dag = bag.dags["customer_events_pipeline"]
    assert {name: dag.get_task(name).retries for name in [*LAYERS, "publish"]} == dict.fromkeys([*LAYERS, "publish"], 0)


def test_each_layer_is_built_and_tested_by_dbt_itself(bag):
    for name in LAYERS:
        task = bag.dags["customer_events_pipeline"].get_task(name)
        assert task.base_cmd == ["build"]
        assert f"path:models/{name}" in task.select
        assert task.vars == {"build_id": "{{ ti.xcom_pull(task_ids='build_id') }}"}


def test_the_finer_grain_draws_every_model_with_its_tests_behind_it(monkeypatch):
    monkeypatch.setattr(builds, "_config", replace(builds._config, grain="model"))
    with DAG(dag_id="fine", schedule=None, default_args=task_defaults()) as dag:
        chain(*(builds.layer(name) for name in LAYERS))
    tests = dag.get_task("staging.stg_one.test")
    assert tests.upstream_task_ids == {"staging.stg_one.run"}
    assert "intermediate.int_one_run" in tests.downstream_task_ids
    assert {task.retries for task in dag.tasks} == {0}
    assert {task.trigger_rule for task in dag.tasks} == {TriggerRule.ALL_SUCCESS}
    assert all(task.on_failure_callback for task in dag.tasks)


def test_the_daily_files_are_sent_loaded_built_and_reported(bag):
    dag = bag.dags["daily_sales_ingest"]
    order = ["upload", "load", "build", "quality_report"]
    for before, after in zip(order, order[1:], strict=False):
        assert after in dag.get_task(before).downstream_task_ids, (before, after)
    assert dag.get_task("upload").retries == dag.get_task("load").retries == 3
    build = dag.get_task("build")
    assert (build.trigger_dag_id, build.wait_for_completion) == ("customer_events_pipeline", True)


def test_models_are_made_anew_whenever_new_marts_are_published_and_at_six_in_the_evening(bag):
    made = bag.dags["customer_events_pipeline"].get_task("publish").outlets
    assert made == [MARTS]
    assert list(bag.dags["customer_segmentation"].timetable.asset_condition.objects) == made
    # So is looked who comes less.
    assert list(bag.dags["engagement_drops"].timetable.asset_condition.objects) == made


def test_models_are_made_checked_kept_and_told_of_in_this_order(bag):
    dag = bag.dags["customer_segmentation"]
    kinds = {kind for kind, _ in settings.load().models}
    assert kinds == {"rfm_segments", "behaviour_clusters", "clv", "churn_scores"}
    for kind, source in settings.load().models:
        assert dag.get_task(f"{kind}__{source}").downstream_task_ids == {f"check__{kind}__{source}", "mail_report"}
        assert "export" in dag.get_task(f"check__{kind}__{source}").downstream_task_ids
        # Of a task that was killed; a job that failed is final.
        assert dag.get_task(f"{kind}__{source}").retries == dag.get_task(f"check__{kind}__{source}").retries == 3
    assert dag.get_task("export").downstream_task_ids == {"publish_lake"}
    assert dag.get_task("publish_lake").downstream_task_ids == {"mail_report"}
    assert dag.get_task("mail_report").downstream_task_ids == set()


def test_a_source_without_data_is_skipped_with_its_check_and_told_of(bag):
    dag = bag.dags["customer_segmentation"]
    for kind, source in settings.load().models:
        assert dag.get_task(f"{kind}__{source}").op_args == (kind, source)
        assert dag.get_task(f"check__{kind}__{source}").trigger_rule == TriggerRule.ALL_SUCCESS
    runs = [
        ("clv of retail", {"state": "published", "customers": 4312, "as_of": "2026-04-28", "held_reasons": []}),
        ("rfm_segments of retail_files", {"state": "held", "customers": 4285, "held_reasons": ["drift"]}),
        ("behaviour_clusters of shop", {"state": "skipped", "reason": 'source "shop" has no customers'}),
    ]
    assert customers.subject(runs) == "1 of 3 runs published, 1 held back, 1 skipped"
    assert customers.subject(runs[2:]) == "0 of 1 runs published, 1 skipped"


def test_the_lake_is_published_by_a_python_of_its_own(bag):
    task = bag.dags["customer_segmentation"].get_task("publish_lake")
    assert task.python == str(settings.load().lake_python)
    assert task.env_vars == {"PYTHONPATH": str(settings.load().lake_folder)}


@pytest.mark.parametrize("models", ["clv", "clv:shop:x", "clv:", "clv: drop table"])
def test_models_that_are_misspelt_are_refused(models):
    with pytest.raises(ValueError, match="EBB_AIRFLOW_MODELS"):
        settings.load({"EBB_AIRFLOW_MODELS": models})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_airflow_only_asks(path):
    """No shell, no container, no process: what is done is done by dbt, by services and by the lake's own Python."""
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not names & FORBIDDEN


WATCHING = ["dags/stream_supervision.py", "dags/marts_deadline.py", "pipeline/supervision.py", "pipeline/alerts.py"]


@pytest.mark.parametrize("path", WATCHING)
def test_who_watches_starts_nothing(path):
    """Neither a job, nor another DAG, nor a build: what never starts anything starts nothing twice."""
    tree = ast.parse((FOLDER / path).read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not names & {"run_job", "_enqueue", "TriggerDagRunOperator", "builds", "run", "get_conn"}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not any("enqueue_job" in text for text in texts)


def test_the_image_brings_no_way_to_the_host():
    dockerfile = (FOLDER / "Dockerfile").read_text().lower()
    assert "docker.sock" not in dockerfile
    assert "docker-compose" not in dockerfile
    compose = (FOLDER.parent / "docker-compose.yml").read_text()
    assert "docker.sock" not in compose
