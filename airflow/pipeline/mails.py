"""Mails a person understands without opening Airflow: what happened, what it means, where to look."""

from collections.abc import Iterable
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from html import escape
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import BaseNotifier

from pipeline import settings, slack, warehouse


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
        send(
            subject,
            paragraph(self.means) + table(rows) + f"<h3>Reason</h3><pre>{escape(error[-4000:])}</pre>" + _what_failed(instance),
        )
        if self.is_final:
            slack.post(subject)


def on_failure() -> TaskMail:
    means = "The run ends here: nothing that follows this task is done, and nothing new is published."
    return TaskMail("failed", means, is_final=True)


def on_retry() -> TaskMail:
    return TaskMail("is tried again", "This attempt failed; the next one follows by itself.", is_final=False)


def on_warning(context: dict[str, Any]) -> None:
    """Of Cosmos: sources are older than they should be. The run goes on."""
    names = sorted(set(context.get("test_names") or []))
    send(
        f"[Ebb] {context['dag'].dag_id}: data is late",
        paragraph("Nothing new has come into these for longer than it should. The run goes on with what is there.")
        + table([(name,) for name in names]),
    )


class _TwoFormsHook(SmtpHook):
    """The hook knows HTML alone."""

    text: str | None = None

    def _build_mime_message(self, *args: Any, **kwargs: Any) -> tuple[MIMEMultipart, list[str]]:
        message, recipients = super()._build_mime_message(*args, **kwargs)
        if self.text is not None:
            # Of several forms a reader shows the last one it can.
            message.set_payload([MIMEText(self.text, "plain", "utf-8"), *message.get_payload()])
        return message, recipients


def send(subject: str, body: str, text: str | None = None) -> None:
    """`body` is HTML; `text` says the same to whoever reads mails without it."""
    config = settings.load()
    with _TwoFormsHook(smtp_conn_id="smtp_default") as smtp:
        smtp.text = text
        smtp.send_email_smtp(
            to=list(config.recipients),
            from_email=config.mail_from,
            subject=subject,
            html_content=body,
            mime_subtype="mixed" if text is None else "alternative",
        )


def table(rows: Iterable[tuple[Any, ...]], head: tuple[str, ...] = ()) -> str:
    top = f"<tr>{''.join(f'<th align=left>{escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    cells = ("".join(f"<td>{escape(_text(cell))}</td>" for cell in row) for row in rows)
    return f"<table cellpadding=4>{top}{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _what_failed(instance: Any) -> str:
    """Models and tests of the build, if it is one: dbt's exit code alone tells nobody anything."""
    try:
        id = instance.xcom_pull(task_ids="build_id")
        found = warehouse.failures(id) if id else []
    except Exception as error:  # noqa: BLE001
        return paragraph(f"What failed in the build is not known: the warehouse does not answer ({type(error).__name__}).")
    return "<h3>In the build</h3>" + table(found, ("model or test", "status", "message")) if found else ""


def _what_stays() -> str:
    """A mail about a warehouse that is down must still be sent."""
    try:
        current = warehouse.current_publication()
    except Exception as error:  # noqa: BLE001
        return f"unknown, the warehouse does not answer ({type(error).__name__})"
    return f"published is {current}" if current else "nothing is published yet"
