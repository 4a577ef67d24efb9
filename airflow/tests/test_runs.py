"""Whole runs, on a real Postgres, a real warehouse and a dbt project of three models; mails go to a real mail server."""

import json
import os
from pathlib import Path

import pytest
from airflow.providers.clickhousedb.hooks.clickhouse import ClickHouseHook
from airflow.utils.state import DagRunState

from pipeline import warehouse

import received_mails

PROJECT = Path(os.environ["EBB_DBT_PROJECT"])


@pytest.fixture(autouse=True)
def empty_mailbox():
    received_mails.empty()


def mails() -> dict[str, str]:
    """Subject and HTML of each, the first one first."""
    return {one["Subject"]: one["HTML"] for one in received_mails.every()}


def states(run) -> dict[str, str]:
    return {one.task_id: str(one.state) for one in run.get_task_instances()}


def test_a_run_publishes_and_says_what(bag):
    run = bag.dags["customer_events_pipeline"].test()
    assert run.state == DagRunState.SUCCESS
    assert states(run)["give_up"] == "skipped"
    current = warehouse.current_publication()
    assert (current.models, current.tests_passed) == (3, 2)
    late, (subject, text) = mails().items()
    # Nothing has ever come in: that is worth a mail, and no reason to stop.
    assert late[0] == "[Ebb] customer_events_pipeline: data is late"
    assert "web_events_current" in late[1]
    assert subject == f"[Ebb] customer_events_pipeline: published {current.id}"
    assert "tests passed" in text and "retail_figures" in text


def test_a_failing_test_stops_what_follows_and_keeps_what_was_published(bag):
    before = warehouse.current_publication()
    model = PROJECT / "models" / "staging" / "stg_one.sql"
    good = model.read_text()
    model.write_text(good.replace("1 as one", "2 as one"))
    try:
        run = bag.dags["customer_events_pipeline"].test(mark_success_pattern="check_freshness")
    finally:
        model.write_text(good)
    assert run.state == DagRunState.FAILED
    expected = {"staging": "failed", "give_up": "success"}
    expected |= dict.fromkeys(["intermediate", "marts", "publish", "mail_summary"], "upstream_failed")
    assert {name: states(run)[name] for name in expected} == expected
    assert warehouse.current_publication() == before
    [(subject, text)] = mails().items()
    assert subject == "[Ebb] customer_events_pipeline: staging failed"
    assert before.id in text
    assert "one_is_one" in text


def land(load_id: int, rows: int) -> None:
    """A daily file, as the loader notes it down. It looks by itself too, so that a run's own job may find nothing left."""
    ClickHouseHook("ebb_test").run(
        "INSERT INTO raw.loaded_files (dataset, source_file, load_id, target_table, sha256, bytes, rows, rejected, processing_date,"
        f" loaded_at) VALUES ('retail_transactions', 'day-{load_id}.csv', {load_id}, 'raw.retail_transactions_bronze',"
        f" repeat('0', 64), 1, {rows}, 1, '2025-06-26', now64(3))"
    )


def test_work_that_fails_is_asked_for_again_and_each_attempt_is_told(bag):
    """The worker refuses the first upload. The build has runs of its own above; here it only takes its place."""
    land(load_id=1, rows=7)
    run = bag.dags["daily_sales_ingest"].test(mark_success_pattern="build")
    assert run.state == DagRunState.SUCCESS
    retried, report = mails().items()
    assert retried[0] == "[Ebb] daily_sales_ingest: upload is tried again"
    assert "the store does not answer" in retried[1]
    assert report[0] == "[Ebb] daily_sales_ingest: 7 rows of 1 files"
    assert "gross_revenue" in report[1]


def test_a_report_tells_of_what_came_in_since_the_last_one(bag):
    land(load_id=2, rows=5)
    land(load_id=3, rows=6)
    run = bag.dags["daily_sales_ingest"].test(mark_success_pattern="build")
    assert run.state == DagRunState.SUCCESS
    assert list(mails()) == ["[Ebb] daily_sales_ingest: 11 rows of 2 files"]


def test_a_day_without_files_is_told(bag):
    run = bag.dags["daily_sales_ingest"].test(mark_success_pattern="build")
    assert run.state == DagRunState.SUCCESS
    assert list(mails()) == ["[Ebb] daily_sales_ingest: NO new files"]


def test_models_are_run_checked_kept_in_the_lake_and_reported(bag):
    """The worker is a stand-in that holds one run back; the lake is real, and published into by a Python of its own."""
    run = bag.dags["customer_segmentation"].test()
    assert run.state == DagRunState.SUCCESS
    [(subject, text)] = mails().items()
    assert subject == "[Ebb] customer_segmentation: 3 of 4 runs published, 1 held back"
    for told in ("Loyal Regulars", "62.5 %", "rfm_segments of retail_files: 4,285 customers as of 2026-04-28"):
        assert told in text
    for told in ("Window shoppers", "look and do not buy", "grew by 3"):
        assert told in text
    for told in ("the silhouette fell to 0.11", "0.042", "7 days", "customer-1", "93 %", "late_payments 3"):
        assert told in text
    assert "<td>customer_clusters</td><td>published</td><td>2</td>" in text
    # The same state once more: nothing new in the lake, and no failure.
    assert bag.dags["customer_segmentation"].test().state == DagRunState.SUCCESS
    assert "<td>customer_clusters</td><td>was published before</td>" in list(mails().values())[-1]


def test_a_source_without_data_is_skipped_and_the_others_go_on(bag):
    """The worker has data of the orders for two runs, of everything else for three."""
    run = bag.dags["customer_segmentation"].test()
    assert run.state == DagRunState.SUCCESS
    for model in ("clv__retail", "churn_scores__retail"):
        assert (states(run)[model], states(run)[f"check__{model}"]) == ("skipped", "skipped")
    for other in ("rfm_segments__retail_files", "check__rfm_segments__retail_files", "export", "publish_lake"):
        assert states(run)[other] == "success"
    [(subject, text)] = mails().items()
    assert subject == "[Ebb] customer_segmentation: 1 of 4 runs published, 1 held back, 2 skipped"
    assert "<td>clv of retail</td><td>source &quot;retail&quot; has no valid order</td>" in text


def test_without_any_data_the_report_still_says_so(bag):
    run = bag.dags["customer_segmentation"].test()
    assert run.state == DagRunState.SUCCESS
    assert {states(run)["export"], states(run)["publish_lake"]} == {"skipped"}
    [(subject, text)] = mails().items()
    assert subject == "[Ebb] customer_segmentation: 0 of 4 runs published, 4 skipped"
    assert "nobody has bought anything" in text
