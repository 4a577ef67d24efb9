"""What holds for every DAG and task, unless it says otherwise."""

from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable

from pipeline import failures, settings


def schedule(cron: str) -> CronTriggerTimetable:
    """In UTC. A first start soon after a slot would make up for it, by default within a tenth of the time between two."""
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=timedelta(minutes=5))


def task_defaults() -> dict[str, Any]:
    config = settings.load()
    return {
        "owner": "ebb",
        "retries": config.retries,
        "retry_delay": timedelta(seconds=config.retry_delay_seconds),
        "execution_timeout": timedelta(hours=1),
        "on_failure_callback": failures.on_failure(),
        "on_retry_callback": failures.on_retry(),
    }
