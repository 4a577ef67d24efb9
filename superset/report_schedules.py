"""Alerts and reports of `assets/reports/`, each with a table of one chart, to the recipients of this stack."""

import json
from pathlib import Path
from typing import Any

import yaml
from settings import public_url, setting
from superset.extensions import db
from superset.models.core import Database
from superset.models.slice import Slice
from superset.reports.models import (
    ReportDataFormat,
    ReportRecipients,
    ReportRecipientType,
    ReportSchedule,
    ReportScheduleValidatorType,
)

FOLDER = Path(__file__).resolve().parent / "assets" / "reports"
# How long it is remembered that one was sent.
LOG_DAYS = 90
TIMEOUT_SECONDS = 240


def ensure_reports(admin) -> int:
    """Their number. What exists is overwritten: the repository is where it is changed."""
    files = sorted(FOLDER.glob("*.yaml"))
    for path in files:
        ensure_report(yaml.safe_load(path.read_text()), admin)
    db.session.commit()
    return len(files)


def ensure_report(wanted: dict[str, Any], admin) -> None:
    named = {"name": wanted["name"], "type": wanted["type"]}
    report = db.session.query(ReportSchedule).filter_by(**named).one_or_none() or ReportSchedule(**named)
    report.active = True
    report.crontab = wanted["crontab"]
    report.timezone = "UTC"
    report.description = described(wanted)
    report.report_format = ReportDataFormat.TEXT
    report.chart = db.session.query(Slice).filter_by(uuid=wanted["chart_uuid"]).one()
    report.owners = [admin]
    mailed = recipients()
    if [one.recipient_config_json for one in report.recipients] != [mailed.recipient_config_json]:
        report.recipients = [mailed]
    report.log_retention = LOG_DAYS
    report.working_timeout = TIMEOUT_SECONDS
    if (alert := wanted.get("alert")) is not None:
        set_condition(report, alert)
    db.session.add(report)


def set_condition(report: ReportSchedule, alert: dict[str, Any]) -> None:
    report.database = db.session.query(Database).filter_by(uuid=alert["database_uuid"]).one()
    report.sql = alert["sql"]
    report.validator_type = ReportScheduleValidatorType.OPERATOR
    report.validator_config_json = json.dumps({"op": ">", "threshold": alert["above"]})
    report.grace_period = alert["grace_seconds"]


def described(wanted: dict[str, Any]) -> str:
    dashboard = wanted["dashboard"]
    link = f"{public_url()}/superset/dashboard/{dashboard['slug']}/"
    return f'{wanted["description"]} <a href="{link}">{dashboard["title"]}</a>'


def recipients() -> ReportRecipients:
    """The same as of the mails of the nightly work."""
    target = setting("EBB_ALERT_RECIPIENTS", "data-team@ebb.example, operations@ebb.example")
    return ReportRecipients(type=ReportRecipientType.EMAIL, recipient_config_json=json.dumps({"target": target}))
