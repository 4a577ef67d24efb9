"""Work that a service does: a row in Postgres asks for it, and is waited for."""

import json
import time
from typing import Any

from airflow.providers.postgres.hooks.postgres import PostgresHook
from airflow.sdk import BaseXCom, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

CONNECTION = "ebb_postgres"
POLL_SECONDS = 2


@task
def run_job(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Its result. A task that was killed and runs again finds its job under the same key, and waits on."""
    return _result(kind, asked)


@task
def run_job_once(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The same, of work that would fail again, for it is nearly always the data: a job that failed is not asked for anew,
    while a task that was killed, or lost sight of its job, still looks for it again."""
    return _result(kind, asked, AirflowFailException)


@task
def run_model(kind: str, source: str) -> dict[str, Any]:
    """Its result, asked for once; skipped, in the worker's own words, where no published mart has anything of the source."""
    result = _result(kind, {"source": source, "if_empty": "skip"}, AirflowFailException)
    if result.get("state") == "skipped":
        # A task that is skipped returns nothing, and the report is to say why.
        get_current_context()["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=result)
        raise AirflowSkipException(f"{kind} of {source}: {result['reason']}")
    return result


def _result(kind: str, asked: dict[str, Any], failure: type[AirflowException] = AirflowException) -> dict[str, Any]:
    hook = PostgresHook(postgres_conn_id=CONNECTION)
    context = get_current_context()
    instance = context["ti"]
    job_id = _ask(hook, kind, asked, f"{instance.dag_id}/{instance.run_id}/{instance.task_id}")
    while True:
        status, result, error = hook.get_first("SELECT status, result, error FROM ops.job_runs WHERE id = %s", (job_id,))
        if status == "done":
            return result
        if status == "failed":
            raise failure(f"{kind}: {error}")
        time.sleep(POLL_SECONDS)


def _ask(hook: PostgresHook, kind: str, params: dict[str, Any], task_key: str) -> int:
    """A job that failed stays as it is; who asks again, by a retry or by hand, asks for the next one."""
    failed = hook.get_first(
        "SELECT count(*) FROM ops.job_runs WHERE status = 'failed' AND starts_with(key, %s)", (f"{task_key}#",)
    )[0]
    return _enqueue(hook, kind, params, f"{task_key}#{failed}")


def _enqueue(hook: PostgresHook, kind: str, params: dict[str, Any], key: str) -> int:
    with hook.get_conn() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ops.enqueue_job(%s, %s, %s)", (kind, json.dumps(params), key))
        return cursor.fetchone()[0]
