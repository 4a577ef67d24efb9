"""What holds for every task, unless it says otherwise."""

from datetime import timedelta
from typing import Any

from pipeline import mails, settings


def task_defaults() -> dict[str, Any]:
    config = settings.load()
    return {
        "owner": "ebb",
        "retries": config.retries,
        "retry_delay": timedelta(seconds=config.retry_delay_seconds),
        "execution_timeout": timedelta(hours=1),
        "on_failure_callback": mails.on_failure(),
        "on_retry_callback": mails.on_retry(),
    }
