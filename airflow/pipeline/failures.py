"""Of what failed, is tried again, or is late: what happened, what it means, where to look."""

from html import escape
from typing import Any

from airflow.sdk import BaseNotifier
from airflow.sdk.execution_time import task_runner

from pipeline import mails, slack, warehouse

ENDS = "The run ends here: nothing that follows this task is done, and nothing new is published."
# Of a task that failed and has said so.
TOLD = "told"


class TaskMail(BaseNotifier):
    """Tells of a task that failed, or that is tried again."""

    template_fields = ()

    def __init__(self, happened: str, means: str, *, is_final: bool) -> None:
        super().__init__()
        self.happened = happened
        self.means = means
        self.is_final = is_final

    def notify(self, context: dict[str, Any]) -> None:
        instance = context["ti"]
        error = str(context.get("exception") or "no reason is known; see the log")
        rows = [
            ("run", context["run_id"]),
            ("task", f"{instance.task_id}, attempt {instance.try_number}"),
            ("what stays", _what_stays()),
            ("log", getattr(instance, "log_url", "")),
        ]
        subject = f"[Ebb] {instance.dag_id}: {instance.task_id} {self.happened}"
        body = mails.paragraph(self.means) + mails.table(rows) + f"<h3>Reason</h3><pre>{escape(error[-4000:])}</pre>"
        attempt = f"{instance.dag_id}/{instance.run_id}/{instance.task_id}/{instance.try_number}/{self.happened}"
        mails.send(subject, body + _what_failed(instance), fact=attempt)
        if self.is_final:
            slack.post(subject)
            instance.xcom_push(key=TOLD, value=True)


def on_failure() -> TaskMail:
    return TaskMail("failed", ENDS, is_final=True)


def on_retry() -> TaskMail:
    return TaskMail("is tried again", "This attempt failed; the next one follows by itself.", is_final=False)


def on_run_failure(context: dict[str, Any]) -> None:
    """Of a whole run that failed: tells of tasks that could not do so themselves, because their process was killed, as by
    a machine out of memory, or because the mail server was away."""
    if not hasattr(task_runner, "SUPERVISOR_COMMS"):
        # `dag.test()`, whose tasks all run in the process of whoever calls it, and which answers no questions of a run.
        return
    run_id, instance = context["run_id"], context["ti"]
    dag_id = context["dag"].dag_id
    states = instance.get_task_states(dag_id, run_ids=[run_id])[run_id]
    failed = sorted(task for task, state in states.items() if state == "failed")
    silent = [task for task in failed if not instance.xcom_pull(task_ids=task, key=TOLD)]
    if not silent:
        return
    subject = f"[Ebb] {dag_id}: {', '.join(silent)} failed"
    means = "The process of the task ended before it could say why, as one that is killed does. " + ENDS
    rows = [("run", run_id), ("what stays", _what_stays()), ("log", getattr(instance, "log_url", ""))]
    mails.send(subject, mails.paragraph(means) + mails.table(rows), fact=f"{dag_id}/{run_id}/{subject}")
    slack.post(subject)


def on_warning(context: dict[str, Any]) -> None:
    """Of Cosmos: sources are older than they should be. The run goes on."""
    names = sorted(set(context.get("test_names") or []))
    subject = f"[Ebb] {context['dag'].dag_id}: data is late"
    mails.send(
        subject,
        mails.paragraph("Nothing new has come into these for longer than it should. The run goes on with what is there.")
        + mails.table([(name,) for name in names]),
        fact=f"{context['run_id']}/{subject}",
    )


def _what_failed(instance: Any) -> str:
    """Models and tests of the build, if it is one: dbt's exit code alone tells nobody anything."""
    try:
        id = instance.xcom_pull(task_ids="build_id")
        found = warehouse.failures(id) if id else []
    except Exception as error:  # noqa: BLE001
        return mails.paragraph(f"What failed in the build is not known: the warehouse does not answer ({type(error).__name__}).")
    return "<h3>In the build</h3>" + mails.table(found, ("model or test", "status", "message")) if found else ""


def _what_stays() -> str:
    """A mail about a warehouse that is down must still be sent."""
    try:
        current = warehouse.current_publication()
    except Exception as error:  # noqa: BLE001
        return f"unknown, the warehouse does not answer ({type(error).__name__})"
    return f"published is {current}" if current else "nothing is published yet"
