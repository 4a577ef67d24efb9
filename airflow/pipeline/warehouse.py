"""Figures for mails, read from what is published."""

from dataclasses import dataclass
from typing import Any

from airflow.providers.clickhousedb.hooks.clickhouse import ClickHouseHook

CONNECTION = "ebb_clickhouse"

_CURRENT = """
    SELECT id, as_of, built_at, models, tests_passed, tests_warned
    FROM marts.publication FINAL WHERE state = 'published' ORDER BY built_at DESC, _version DESC LIMIT 1"""
_AGE = """
    SELECT countIf(state = 'published') > 0 AS is_published,
      dateDiff('second', if(is_published, maxIf(built_at, state = 'published'), min(started_at)), now64(3))
    FROM marts.publication FINAL HAVING count() > 0"""
_TABLES = "SELECT name, total_rows FROM system.tables WHERE database = %(database)s ORDER BY name"
_WARNINGS = """
    SELECT node_id, argMax(message, at) AS said FROM ops.dbt_results WHERE build_id = %(id)s
    GROUP BY node_id HAVING argMax(status, at) = 'warn' ORDER BY node_id LIMIT 20"""
_FAILURES = """
    SELECT node_id, argMax(status, at) AS last, argMax(message, at) AS said FROM ops.dbt_results WHERE build_id = %(id)s
    GROUP BY node_id HAVING last NOT IN ('success', 'pass', 'warn', 'no-op', 'skipped') ORDER BY node_id LIMIT 20"""
_LOADS = """
    SELECT count(), sum(rows), sum(rejected), greatest(max(load_id), %(after)s) FROM raw.loaded_files_current
    WHERE dataset = 'retail_transactions' AND load_id > %(after)s"""
_FIGURES = "SELECT figure, value FROM marts_{id}.retail_figures ORDER BY figure"


@dataclass(frozen=True)
class Publication:
    id: str
    as_of: str
    built_at: str
    models: int
    tests_passed: int
    tests_warned: int

    def __str__(self) -> str:
        return f"{self.id}, as of {self.as_of}, built {self.built_at} UTC"


@dataclass(frozen=True)
class MartsAge:
    is_published: bool
    # Since the publication; before the first one since the first build began.
    seconds: int


@dataclass(frozen=True)
class Loads:
    files: int
    rows: int
    rejected: int
    last_load: int


def current_publication() -> Publication | None:
    row = rows(_CURRENT)
    if not row:
        return None
    id, as_of, built_at, *counts = row[0]
    return Publication(id, str(as_of), f"{built_at:%Y-%m-%d %H:%M:%S}", *counts)


def marts_age() -> MartsAge | None:
    """None while no build was ever begun."""
    row = rows(_AGE)
    return MartsAge(bool(row[0][0]), row[0][1]) if row else None


def table_rows(id: str) -> list[tuple[str, int]]:
    """Rows of every table of a build."""
    return rows(_TABLES, {"database": f"marts_{id}"})


def warnings(id: str) -> list[tuple[str, str]]:
    return rows(_WARNINGS, {"id": id})


def failures(id: str) -> list[tuple[str, str, str]]:
    return rows(_FAILURES, {"id": id})


def loads_after(load_id: int) -> Loads:
    """Loads of the retailer's daily files with a greater number, as far as their rows are visible now."""
    [row] = rows(_LOADS, {"after": load_id})
    return Loads(*row)


def retail_figures(id: str) -> list[tuple[str, Any]]:
    return rows(_FIGURES.format(id=id))


def rows(sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    return ClickHouseHook(CONNECTION).get_records(sql, parameters=parameters)
