"""Whole runs, on a real Postgres, a real warehouse and a dbt project of three models; mails go to a real mail server."""

import json
import os
from pathlib import Path

import pytest
from airflow.providers.clickhousedb.hooks.clickhouse import ClickHouseHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.utils.state import DagRunState

from pipeline import jobs, warehouse

import mailbox
from marts import fill

PROJECT = Path(os.environ["EBB_DBT_PROJECT"])


@pytest.fixture(autouse=True)
def empty_mailbox():
    mailbox.empty()


def mails() -> dict[str, str]:
    """Subject and HTML of each, the first one first."""
    return {one["Subject"]: one["HTML"] for one in mailbox.received()}


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
    ClickHouseHook(warehouse.CONNECTION).run(
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


def look(bag, dag_id: str) -> dict[str, str]:
    """The mails of one run."""
    mailbox.empty()
    assert bag.dags[dag_id].test().state == DagRunState.SUCCESS
    return mails()


def test_a_stream_that_does_not_flow_is_told_once_and_again_when_it_flows(bag):
    database = PostgresHook(postgres_conn_id=jobs.CONNECTION)
    assert look(bag, "stream_supervision") == {}
    database.run("INSERT INTO ops.hops (hop, as_of, problem) VALUES ('postgres_to_kafka', now(), 'the connector <failed>')")
    [(subject, text)] = look(bag, "stream_supervision").items()
    assert subject == "[Ebb] stream_supervision: hop_problem postgres_to_kafka new"
    assert "the connector &lt;failed&gt;" in text and "ebb status" in text
    assert look(bag, "stream_supervision") == {}
    database.run("INSERT INTO ops.hops (hop, as_of) VALUES ('events_to_clickhouse', now() - interval '1 hour')")
    [(subject, text)] = look(bag, "stream_supervision").items()
    assert subject == "[Ebb] stream_supervision: hop_late events_to_clickhouse new"
    assert "Still there" in text and "the connector &lt;failed&gt;" in text
    database.run("DELETE FROM ops.hops WHERE hop = 'postgres_to_kafka'")
    assert list(look(bag, "stream_supervision")) == ["[Ebb] stream_supervision: hop_problem postgres_to_kafka is over"]
    database.run("DELETE FROM ops.hops")
    assert list(look(bag, "stream_supervision")) == ["[Ebb] stream_supervision: hop_late events_to_clickhouse is over"]
    assert look(bag, "stream_supervision") == {}


def age_publications(hours: int) -> None:
    """As if all that is published had been so for longer; negative hours undo it."""
    ClickHouseHook(warehouse.CONNECTION).run(
        f"INSERT INTO marts.publication SELECT * REPLACE (built_at - toIntervalHour({hours}) AS built_at, _version + 1 AS _version)"
        " FROM marts.publication FINAL WHERE state = 'published'"
    )


def test_marts_past_their_deadline_are_told_once_and_again_when_they_are_new(bag):
    assert look(bag, "marts_deadline") == {}
    age_publications(8)
    [(subject, text)] = look(bag, "marts_deadline").items()
    assert subject == "[Ebb] marts_deadline: marts_late new"
    assert "published 8." in text and "the limit is 7 h" in text
    assert look(bag, "marts_deadline") == {}
    age_publications(-8)
    assert list(look(bag, "marts_deadline")) == ["[Ebb] marts_deadline: marts_late is over"]
    assert look(bag, "marts_deadline") == {}


def test_a_warehouse_that_is_away_is_told_and_ends_no_other_alert(bag, monkeypatch):
    age_publications(8)
    assert list(look(bag, "marts_deadline")) == ["[Ebb] marts_deadline: marts_late new"]
    connection = json.loads(os.environ["AIRFLOW_CONN_EBB_CLICKHOUSE"])
    with monkeypatch.context() as away:
        away.setenv("AIRFLOW_CONN_EBB_CLICKHOUSE", json.dumps(connection | {"port": 1}))
        assert list(look(bag, "marts_deadline")) == ["[Ebb] marts_deadline: warehouse_away new"]
        assert look(bag, "marts_deadline") == {}
    assert list(look(bag, "marts_deadline")) == ["[Ebb] marts_deadline: warehouse_away is over"]
    age_publications(-8)
    assert list(look(bag, "marts_deadline")) == ["[Ebb] marts_deadline: marts_late is over"]


def drops(levels: dict[str, str]) -> None:
    """The mart as it would be; whoever drops came not once instead of six times."""
    rows = ", ".join(f"('{customer}', '{level}')" for customer, level in levels.items())
    fill(
        "engagement_drops",
        "SELECT 'shop' AS source, who AS customer_id, level AS drop_level, toUInt64(if(level = 'none', 6, 0)) AS recent_sessions,"
        f" 6.5 AS expected_sessions, toInt64(20) AS days_since_last_session FROM VALUES('who String, level String', {rows})",
    )


def test_customers_who_come_less_are_told_of_once_and_again_when_they_are_back(bag):
    fill(
        "marketing_funnel",
        "SELECT 'shop' AS source, 'alice' AS customer_id, toNullable(toDecimal128('1200.5', 4)) AS total_spend, 'USD' AS currency,"
        " toNullable(toDateTime64('2026-10-30 10:00:00', 6, 'UTC')) AS last_purchase_timestamp",
    )
    drops({"dan": "none", "carol": "likely", "bob": "strong", "alice": "strong"})
    [(subject, text)] = look(bag, "engagement_drops").items()
    assert subject == "[Ebb] engagement_drops: 2 customers come far less"
    assert "<td>alice</td><td>0</td><td>6.5</td><td>20</td><td>1,200.50 USD</td><td>2026-10-30</td>" in text
    assert "<td>bob</td><td>0</td><td>6.5</td><td>20</td><td>unknown</td><td>never</td>" in text
    # Who spent most stands first.
    assert text.index("alice") < text.index("bob") and "carol" not in text and "dan" not in text
    assert "<td>shop</td><td>4</td><td>2</td><td>1</td>" in text
    assert look(bag, "engagement_drops") == {}
    drops({"dan": "none", "carol": "strong", "bob": "likely", "alice": "none"})
    [(subject, text)] = look(bag, "engagement_drops").items()
    assert subject == "[Ebb] engagement_drops: 1 customer comes far less, 1 came back"
    assert "<td>shop alice</td>" in text and "<td>carol</td>" in text and "bob" not in text
    # Bob has not come for so long that nothing is expected of him; when he drops anew, that is news.
    drops({"dan": "none", "carol": "strong"})
    assert look(bag, "engagement_drops") == {}
    drops({"dan": "none", "carol": "strong", "bob": "strong"})
    assert list(look(bag, "engagement_drops")) == ["[Ebb] engagement_drops: 1 customer comes far less"]
