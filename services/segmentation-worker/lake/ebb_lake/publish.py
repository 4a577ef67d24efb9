"""An export becomes a snapshot of each table, once."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Underscored, and yet the only way by which all rows are replaced in one snapshot: `Table.overwrite` makes two, of which
# the first shows an empty table. The version is pinned, and a test counts the snapshots.
from pyiceberg.io.pyarrow import _dataframe_to_data_files
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from ebb_lake.exports import Export, read_rows
from ebb_lake.lake import Lake

# The table of the lake, the export's table it is made of, and whether rows of earlier runs stay in it.
TABLES = (
    ("customer_profiles", "customer_profiles", False),
    ("customer_clusters", "customer_clusters", False),
    ("customer_clusters_log", "customer_clusters", True),
)


def publish(lake: Lake, export: Export) -> dict[str, dict[str, Any]]:
    """What became of each table. Tables are published one after the other; repeating it does what is missing."""
    return {name: _publish_table(lake, export, name, of, is_log) for name, of, is_log in TABLES}


def _publish_table(lake: Lake, export: Export, name: str, of: str, is_log: bool) -> dict[str, Any]:
    known = lake.find(name)
    if known is not None and (reason := reason_to_skip(known, export)):
        return outcome(known, reason)
    rows = read_rows(lake.files, lake.settings.bucket, export, of)
    if rows is None:
        return {"state": "nothing exported"}
    table = lake.find_or_make(name, rows.schema)
    rows = with_every_column(table, rows)
    if not is_log:
        replace(table, rows, export.properties)
    else:
        rows = of_new_runs(table, rows)
        if rows.num_rows == 0:
            return outcome(table, "no new run")
        table.append(rows, snapshot_properties=export.properties)
    return outcome(table, "published") | {"rows": rows.num_rows}


def reason_to_skip(table: Table, export: Export) -> str | None:
    """Told apart by the summaries: what was committed counts, whatever its job remembers."""
    summaries = [summary_of(snapshot) for snapshot in table.snapshots()]
    if any(summary.get("run_id") == export.run_id for summary in summaries):
        return "was published before"
    # An old state must not take the place of a newer one, also when its own snapshot has expired.
    if any(summary.get("exported_at", "") >= export.exported_at for summary in summaries):
        return "is older than what is published"
    return None


def summary_of(snapshot: Snapshot) -> dict[str, str]:
    return {} if snapshot.summary is None else dict(snapshot.summary.additional_properties)


def replace(table: Table, rows: pa.Table, properties: dict[str, str]) -> None:
    """All rows, in one snapshot."""
    with table.transaction() as change:
        with change.update_snapshot(snapshot_properties=properties).overwrite() as snapshot:
            for task in table.scan().plan_files():
                snapshot.delete_data_file(task.file)
            for file in _dataframe_to_data_files(
                table_metadata=change.table_metadata, df=rows, io=table.io, write_uuid=snapshot.commit_uuid
            ):
                snapshot.append_data_file(file)


def of_new_runs(table: Table, rows: pa.Table) -> pa.Table:
    """Rows of model runs that the log does not hold yet."""
    known = table.scan(selected_fields=("run_id",)).to_arrow()["run_id"].combine_chunks().unique()
    return rows.filter(pc.invert(pc.is_in(rows["run_id"], value_set=known.cast(rows.schema.field("run_id").type))))


def with_every_column(table: Table, rows: pa.Table) -> pa.Table:
    """A column that the export no longer has is empty from now on; older snapshots keep theirs."""
    wanted = table.schema().as_arrow()
    columns = [
        rows[field.name] if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type) for field in wanted
    ]
    return pa.table(columns, names=wanted.names)


def outcome(table: Table, state: str) -> dict[str, Any]:
    current = table.current_snapshot()
    return {"state": state, "snapshot": None if current is None else str(current.snapshot_id)}
