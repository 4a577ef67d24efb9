"""Customers who suddenly come far less than they used to, before they are gone: told of once each, while there is
something to be done."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from airflow.sdk import Variable

from pipeline import mails, slack, warehouse

# Keys of the customers who were told of and have not come back since.
TOLD = "engagement_drops_told"
# The others are in the mart, and the mail says how to list them.
LISTED = 50

# Those who spent most first: they are worth the first call.
_STRONG = """
    SELECT d.source, d.customer_id, d.recent_sessions, d.expected_sessions, d.days_since_last_session,
      f.total_spend, f.currency, f.last_purchase_timestamp
    FROM {marts}.engagement_drops AS d
    LEFT JOIN {marts}.marketing_funnel AS f ON f.source = d.source AND f.customer_id = d.customer_id
    WHERE d.drop_level = 'strong'
    ORDER BY f.total_spend DESC NULLS LAST, d.source, d.customer_id"""
_COUNTS = """
    SELECT source, count(), countIf(drop_level = 'strong'), countIf(drop_level = 'likely')
    FROM {marts}.engagement_drops GROUP BY source ORDER BY source"""
_LEVELS = """
    SELECT concat(source, ' ', customer_id) AS key, drop_level FROM {marts}.engagement_drops WHERE key IN %(told)s"""
_LIST_ALL = "ebb clickhouse -c \"SELECT * FROM marts.engagement_drops WHERE drop_level = 'strong' ORDER BY probability\""


@dataclass(frozen=True)
class Drop:
    source: str
    customer_id: str
    recent: int
    expected: float
    days_since: int
    spend: Decimal | None
    currency: str | None
    last_purchase: date | None

    @property
    def key(self) -> str:
        return f"{self.source} {self.customer_id}"


def tell() -> dict[str, int]:
    """Mails who dropped, and who came back, since the last time; a publication without news is no mail."""
    current = warehouse.current_publication()
    if current is None:
        return {"new": 0, "back": 0}
    told_before = Variable.get(TOLD, default="[]")
    told = set(json.loads(told_before))
    strong = [Drop(*row) for row in _rows(_STRONG, current.id)]
    levels = _levels(current.id, told)
    new = [one for one in strong if one.key not in told]
    back = sorted(key for key, level in levels.items() if level == "none")
    if new or back:
        subject = f"[Ebb] engagement_drops: {_subject(len(new), len(back))}"
        # Of one publication the same news are news once.
        fact = json.dumps([TOLD, told_before, current.id])
        mails.send(subject, body(current, new, back, _rows(_COUNTS, current.id)), fact=fact)
        slack.post(subject)
    # Who is no longer in the mart has not come for ten weeks: nothing is expected of them any more.
    Variable.set(TOLD, json.dumps(sorted({one.key for one in strong} | (levels.keys() - set(back)))))
    return {"new": len(new), "back": len(back)}


def body(current: warehouse.Publication, new: list[Drop], back: list[str], counts: list[tuple]) -> str:
    text = mails.paragraph(
        "These customers came far less in the last 14 days than their 56 days before let expect: had they kept their"
        f" pace, chance alone would bring as few sessions in one of a hundred fortnights. Published is {current}."
    )
    if new:
        more = f": the {LISTED} who spent most of {len(new):,}" if len(new) > LISTED else ""
        text += f"<h3>Since the last mail{more}</h3>" + mails.table(map(_row, new[:LISTED]), _HEAD)
    if back:
        text += "<h3>Came back</h3>" + mails.table([(key,) for key in back[:LISTED]])
        text += mails.paragraph(f"And {len(back) - LISTED:,} more.") if len(back) > LISTED else ""
    text += "<h3>Of all customers with a pace</h3>" + mails.table(counts, ("source", "customers", "strong drop", "likely drop"))
    return text + mails.paragraph(f"All of them: {_LIST_ALL}")


_HEAD = ("source", "customer", "sessions in 14 days", "expected", "days since the last", "spent in all", "last purchase")


def _row(one: Drop) -> tuple[str, ...]:
    spend = "unknown" if one.spend is None else f"{one.spend:,.2f} {one.currency}"
    last = "never" if one.last_purchase is None else f"{one.last_purchase:%Y-%m-%d}"
    return (one.source, one.customer_id, str(one.recent), f"{one.expected:.1f}", str(one.days_since), spend, last)


def _subject(new: int, back: int) -> str:
    parts = [f"{new:,} customer{'s' * (new != 1)} come{'s' * (new == 1)} far less"] if new else []
    return ", ".join([*parts, *([f"{back:,} came back"] if back else [])])


def _levels(id: str, told: set[str]) -> dict[str, str]:
    return dict(_rows(_LEVELS, id, {"told": tuple(sorted(told))})) if told else {}


def _rows(sql: str, id: str, parameters: dict | None = None) -> list[tuple]:
    return warehouse.rows(sql.format(marts=f"marts_{id}"), parameters)
