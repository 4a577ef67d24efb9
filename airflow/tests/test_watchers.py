"""Whole runs of the DAGs that watch: a mail when something comes and when it goes, and none in between."""

import json
import os

import pytest
from airflow.providers.clickhousedb.hooks.clickhouse import ClickHouseHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.utils.state import DagRunState

from pipeline import warehouse

import received_mails
from marts import fill

pytestmark = pytest.mark.usefixtures("published")


def look(bag, dag_id: str) -> dict[str, str]:
    """The mails of one run."""
    received_mails.empty()
    assert bag.dags[dag_id].test().state == DagRunState.SUCCESS
    return {one["Subject"]: one["HTML"] for one in received_mails.every()}


def test_a_stream_that_does_not_flow_is_told_once_and_again_when_it_flows(bag):
    database = PostgresHook(postgres_conn_id="ebb_test_postgres")
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
