"""Mails a person understands without opening Airflow, and how they are sent."""

import hashlib
from collections.abc import Iterable
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import parseaddr
from html import escape
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import get_current_context

from pipeline import settings


class _TwoFormsHook(SmtpHook):
    """The hook knows HTML alone."""

    text: str | None = None

    def _build_mime_message(self, *args: Any, **kwargs: Any) -> tuple[MIMEMultipart, list[str]]:
        message, recipients = super()._build_mime_message(*args, **kwargs)
        if self.text is not None:
            # Of several forms a reader shows the last one it can.
            message.set_payload([MIMEText(self.text, "plain", "utf-8"), *message.get_payload()])
        return message, recipients


def send(subject: str, body: str, text: str | None = None, *, fact: str | None = None) -> None:
    """`body` is HTML; `text` says the same to whoever reads mails without it. `fact` is what is told, by default this
    subject in this task of this run: a task that died before it could note that its mail was sent sends it again, with the
    same Message-ID, by which most mail servers and readers show it once."""
    config = settings.load()
    told = f"{_this_task()}/{subject}" if fact is None else fact
    with _TwoFormsHook(smtp_conn_id="smtp_default") as smtp:
        smtp.text = text
        smtp.send_email_smtp(
            to=list(config.recipients),
            from_email=config.mail_from,
            subject=subject,
            html_content=body,
            mime_subtype="mixed" if text is None else "alternative",
            custom_headers={"Message-ID": _message_id(told, config.mail_from)},
        )


def _this_task() -> str:
    instance = get_current_context()["ti"]
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}"


def _message_id(fact: str, mail_from: str) -> str:
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "ebb.example"
    return f"<{hashlib.sha256(fact.encode()).hexdigest()[:32]}@{domain}>"


def table(rows: Iterable[tuple[Any, ...]], head: tuple[str, ...] = ()) -> str:
    top = f"<tr>{''.join(f'<th align=left>{escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    cells = ("".join(f"<td>{escape(_text(cell))}</td>" for cell in row) for row in rows)
    return f"<table cellpadding=4>{top}{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
