"""Work in `ops.job_runs`: the export is asked for there, and the publication tells there what became of it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from ebb_lake.settings import Settings

EXPORT = "lake_export"
PUBLISH = "lake_publish"
# Of the database; its number is this program's own.
LOCK = 4_212_032
POLL_SECONDS = 1.0
EXPORT_SECONDS = 1_800


class JobFailed(Exception):
    pass


@contextmanager
def alone(settings: Settings) -> Iterator[Connection]:
    """One publication at a time. The lock ends with the connection, so a killed one keeps nobody waiting."""
    connection = psycopg2.connect(settings.database_url())
    connection.autocommit = True
    try:
        _one(connection, "SELECT pg_advisory_lock(%s)", (LOCK,))
        yield connection
    finally:
        connection.close()


def export_now(connection: Connection, key: str) -> dict[str, Any]:
    """Asks the segmentation worker for an export and waits; gives the job's result."""
    job_id = _enqueue(connection, EXPORT, {}, key)
    deadline = time.monotonic() + EXPORT_SECONDS
    while True:
        status, result, error = _one(connection, "SELECT status, result, error FROM ops.job_runs WHERE id = %s", (job_id,))
        if status == "done":
            return result
        if status == "failed":
            raise JobFailed(f"{EXPORT}: {error}")
        if time.monotonic() > deadline:
            raise JobFailed(f"{EXPORT} is still {status} after {EXPORT_SECONDS} s: does the segmentation worker run?")
        time.sleep(POLL_SECONDS)


@contextmanager
def publication(connection: Connection, run_id: str) -> Iterator[dict[str, Any]]:
    """
    The job of publishing this export: running while the block runs, then done with what the block put into the dict, or
    failed with its error. One that a killed process left running is taken over: who holds the lock knows that it is dead.
    """
    job_id = _take(connection, run_id)
    result: dict[str, Any] = {}
    try:
        yield result
    except BaseException as error:
        _settle(connection, job_id, "failed", error=f"{type(error).__name__}: {error}"[:4000])
        raise
    _settle(connection, job_id, "done", result=result)


def _take(connection: Connection, run_id: str) -> int | None:
    """Its id; None where it is done: then only the tables are looked at once more."""
    key = f"{PUBLISH}/{run_id}"
    (failed,) = _one(
        connection,
        "SELECT count(*) FROM ops.job_runs WHERE status = 'failed' AND (key = %s OR starts_with(key, %s))",
        (key, f"{key}#"),
    )
    # What failed stays as it is; who asks again asks for the next one.
    job_id = _enqueue(connection, PUBLISH, {"run_id": run_id}, key if failed == 0 else f"{key}#{failed}")
    taken = _one(
        connection,
        """UPDATE ops.job_runs SET status = 'running', worker = 'lake-' || pg_backend_pid(), attempts = attempts + 1,
             lease_until = clock_timestamp() + interval '1 hour', started_at = coalesce(started_at, clock_timestamp())
           WHERE id = %s AND status IN ('queued', 'running') RETURNING id""",
        (job_id,),
    )
    return None if taken is None else taken[0]


def _settle(
    connection: Connection, job_id: int | None, status: str, *, result: Any = None, error: str | None = None
) -> None:
    if job_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE ops.job_runs SET status = %s, result = %s, error = %s, finished_at = clock_timestamp(),
                 lease_until = NULL
               WHERE id = %s AND status = 'running'""",
            (status, None if result is None else json.dumps(result), error, job_id),
        )


def _enqueue(connection: Connection, kind: str, params: dict[str, Any], key: str) -> int:
    return _one(connection, "SELECT ops.enqueue_job(%s, %s, %s)", (kind, json.dumps(params), key))[0]


def _one(connection: Connection, sql: str, values: tuple[Any, ...]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
