"""Conditions that people are told of once when they appear and once when they are over, and not in between."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from airflow.sdk import Variable

from pipeline import mails, slack


@dataclass(frozen=True)
class Condition:
    # Tells it from others, from look to look.
    name: str
    detail: str
    advice: str


@dataclass(frozen=True)
class Change:
    new: list[Condition]
    # Those that were told of, with the moment they were.
    over: list[dict[str, str]]
    lasting: list[dict[str, str]]


def tell(watch: str, found: list[Condition], *, is_whole: bool = True) -> dict[str, int]:
    """Mails what came and what went since the last look of this watch. A look that is not whole ends nothing: what it
    did not see may still be there."""
    key, at = f"{watch}_told", f"{watch}_told_at"
    told_before = Variable.get(key, default="[]")
    change = compare(json.loads(told_before), found, is_whole)
    if change.new or change.over:
        subject = f"[Ebb] {watch}: {summary(change)}"
        # The same conditions after the same ones are another fact when there was a mail in between.
        names = [one.name for one in change.new], [one["name"] for one in change.over]
        mails.send(subject, body(change), fact=json.dumps([watch, Variable.get(at, default=""), told_before, *names]))
        slack.post(subject)
        # Behind the mail: one that could not be sent is tried again.
        now = datetime.now(UTC)
        told = [*change.lasting, *({**asdict(one), "since": f"{now:%Y-%m-%d %H:%M}"} for one in change.new)]
        Variable.set(key, json.dumps(told))
        Variable.set(at, now.isoformat())
    return {"new": len(change.new), "over": len(change.over), "lasting": len(change.lasting)}


def compare(told: list[dict[str, str]], found: list[Condition], is_whole: bool = True) -> Change:
    names = {one.name for one in found}
    known = {one["name"] for one in told}
    over = [one for one in told if is_whole and one["name"] not in names]
    return Change(
        new=[one for one in found if one.name not in known],
        over=over,
        lasting=[one for one in told if one not in over],
    )


def summary(change: Change) -> str:
    """Names while there are few: who reads the subject alone knows what it is about."""
    parts = [
        _count([one.name for one in change.new], "new", "new"),
        _count([one["name"] for one in change.over], "is over", "over"),
    ]
    return ", ".join(filter(None, parts))


def _count(names: list[str], one: str, many: str) -> str:
    return f"{names[0]} {one}" if len(names) == 1 else f"{len(names)} {many}" if names else ""


def body(change: Change) -> str:
    text = ""
    if change.new:
        rows = [(one.name, one.detail, one.advice) for one in change.new]
        text += "<h3>New</h3>" + mails.table(rows, ("what", "how it is", "what to do"))
    if change.over:
        text += "<h3>Over</h3>" + mails.table(_rows(change.over), ("what", "how it was", "told on, UTC"))
    if change.lasting:
        text += "<h3>Still there, told of before</h3>" + mails.table(
            _rows(change.lasting), ("what", "how it was then", "told on, UTC")
        )
    return text


def _rows(told: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(one["name"], one["detail"], one["since"]) for one in told]
