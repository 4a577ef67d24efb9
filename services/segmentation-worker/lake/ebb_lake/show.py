"""What stands in the lake: tables, their snapshots, and the rows of one of them."""

from datetime import UTC, datetime
from typing import Any

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from ebb_lake.lake import Lake
from ebb_lake.publish import TABLES, summary_of


class NothingToShow(Exception):
    pass


def describe(lake: Lake) -> list[dict[str, Any]]:
    """Every table with its snapshots, the newest first."""
    found = ((name, lake.find(name)) for name, _, _ in TABLES)
    return [_describe(name, table) for name, table in found if table is not None]


def _describe(name: str, table: Table) -> dict[str, Any]:
    current = table.current_snapshot()
    newest_first = sorted(table.snapshots(), key=lambda one: one.timestamp_ms, reverse=True)
    return {
        "table": name,
        "location": table.location(),
        "metadata": table.metadata_location,
        "current": None if current is None else str(current.snapshot_id),
        "snapshots": [_snapshot(one) for one in newest_first],
    }


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    summary = summary_of(snapshot)
    return {
        # As text: it has more digits than JSON's readers keep.
        "snapshot": str(snapshot.snapshot_id),
        "at": datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        "rows": int(summary.get("total-records", 0)),
        "added": int(summary.get("added-records", 0)),
        "run_id": summary.get("run_id"),
        "publication": summary.get("publication"),
    }


def rows_of(
    lake: Lake, name: str, *, snapshot: int | None, as_of: datetime | None, limit: int | None
) -> list[dict[str, Any]]:
    """Rows of a table: now, of a snapshot, or as they stood at a time."""
    table = lake.find(name)
    if table is None:
        known = ", ".join(one for one, _, _ in TABLES)
        raise NothingToShow(f'there is no table "{name}" in the lake; after ebb lake publish there are {known}')
    if as_of is not None:
        at = table.snapshot_as_of_timestamp(int(as_of.timestamp() * 1000))
        if at is None:
            raise NothingToShow(f"{name} has no snapshot of {as_of.isoformat()} or before: see ebb lake show")
        snapshot = at.snapshot_id
    if snapshot is not None and table.snapshot_by_id(snapshot) is None:
        raise NothingToShow(f"{name} has no snapshot {snapshot}: it may have expired; see ebb lake show")
    return table.scan(snapshot_id=snapshot, limit=limit).to_arrow().to_pylist()


def listing(tables: list[dict[str, Any]]) -> str:
    """For a terminal."""
    lines: list[str] = []
    for table in tables:
        lines.append(f"{table['table']}  {table['location']}")
        for one in table["snapshots"]:
            mark = "*" if one["snapshot"] == table["current"] else " "
            lines.append(
                f"  {mark} {one['snapshot']:>20}  {one['at']}  {one['rows']:>9,} rows  +{one['added']:<9,} run {one['run_id']}"
            )
    return "\n".join(lines) if lines else "the lake is empty: ebb lake publish fills it"
