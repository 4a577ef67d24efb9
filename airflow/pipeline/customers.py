"""What models say of customers, as sections of a mail; read from what is published."""

from typing import Any

from pipeline import mails, warehouse

Result = dict[str, Any]

_SEGMENTS = """
    SELECT source, ClusterLabel, Customer_Count, concat(toString(round(Pct_of_Customers, 1)), ' %'),
      concat(toString(round(Pct_of_Revenue, 1)), ' %'), toString(round(Med_Recency)), toString(round(Med_Frequency, 1))
    FROM ml.cluster_summary ORDER BY source, Total_Revenue DESC"""
_BEHAVIOUR = """
    SELECT source, cluster_name, rows_in_cluster, description FROM ml.customers_clusters_analysis
    ORDER BY source, rows_in_cluster DESC, cluster_name"""
_CHANGES = "SELECT source, report FROM ml.customer_clusters_report ORDER BY source, rows_now DESC, cluster_name"
_MOVES = """
    SELECT source, FromName, ToName, Cause, count() AS customers FROM ml.customer_cluster_moves
    GROUP BY source, FromName, ToName, Cause ORDER BY customers DESC, source, FromName, ToName, Cause LIMIT 15"""
_RISKS = """
    SELECT source, customer_id, concat(toString(round(churn_probability * 100)), ' %'),
      concat(toString(round(churn_low * 100)), ' to ', toString(round(churn_high * 100)), ' %'),
      arrayStringConcat(arrayMap(one -> concat(one.1, if(one.2 = '', ' unknown', concat(' ', one.2))), arraySlice(raising, 1, 3)), ', ')
    FROM ml.customer_churn ORDER BY churn_probability DESC, source, customer_id LIMIT 10"""


def report(runs: list[tuple[str, Result]], checks: list[Result | None], lake: Result | None) -> str:
    """The whole mail: what there is, what moved, whether the models still fit, who may leave, what was kept back."""
    held = [(name, reason) for name, run in runs for reason in run.get("held_reasons", [])]
    skipped = [(name, run["reason"]) for name, run in runs if _is_skipped(run)]
    parts = [
        mails.paragraph(_summary(runs, held)),
        _section("Segments", warehouse.rows(_SEGMENTS), _SEGMENT_HEAD),
        _section("Clusters of behaviour", warehouse.rows(_BEHAVIOUR), ("source", "cluster", "customers", "what they do")),
        _section("What grew or shrank", warehouse.rows(_CHANGES), ("source", "since the run before")),
        _section("Who moved, and why", warehouse.rows(_MOVES), ("source", "from", "to", "because of", "customers")),
        _section("Do the models still fit", [_check(one) for one in checks if one], ("model", "answer", "age", "largest shift (PSI)")),
        _section("Most likely to leave", warehouse.rows(_RISKS), ("source", "customer", "risk", "90 % interval", "raised by")),
        _section("Held back: the run before stays what readers see", held, ("run", "reason")),
        _section("Skipped: nothing to learn from", skipped, ("run", "reason")),
        _section("In the lake", [_table(name, one) for name, one in _tables(lake)], ("table", "state", "rows")),
    ]
    return "".join(parts)


_SEGMENT_HEAD = ("source", "segment", "customers", "of all", "of revenue", "days since purchase (median)", "purchases (median)")


def subject(runs: list[tuple[str, Result]]) -> str:
    held = sum(1 for _, run in runs if run.get("held_reasons"))
    skipped = sum(1 for _, run in runs if _is_skipped(run))
    told = f"{len(runs) - held - skipped} of {len(runs)} runs published"
    return told + (f", {held} held back" if held else "") + (f", {skipped} skipped" if skipped else "")


def _is_skipped(run: Result) -> bool:
    return run.get("state") == "skipped"


def _summary(runs: list[tuple[str, Result]], held: list[tuple[str, str]]) -> str:
    made = [(name, run) for name, run in runs if not _is_skipped(run)]
    counted = ", ".join(f"{name}: {run.get('customers', 0):,} customers as of {run.get('as_of', '?')}" for name, run in made)
    told = f"{counted}. " if made else ""
    if len(made) < len(runs):
        told += "Some sources have no data; see below. "
    return told + ("Nothing was held back." if not held else "Some runs were held back; see below.")


def _section(title: str, rows: list[tuple[Any, ...]], head: tuple[str, ...]) -> str:
    return f"<h3>{title}</h3>" + (mails.table(rows, head) if rows else mails.paragraph("None."))


def _check(one: Result) -> tuple[str, str, str, str]:
    age, psi = one.get("age_days"), one.get("largest_psi")
    return (
        f"{one['kind']} of {one['source']}",
        one["verdict"],
        "no model" if age is None else f"{age} days",
        "not compared" if psi is None else f"{psi:.3f}",
    )


def _tables(lake: Result | None) -> list[tuple[str, Result]]:
    return [] if lake is None else list(lake["tables"].items())


def _table(name: str, one: Result) -> tuple[str, str, Any]:
    return (name, one["state"], one.get("rows", ""))
