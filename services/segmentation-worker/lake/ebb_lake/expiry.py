"""History has an end: snapshots go by the policy, and files that none of the others needs go with them."""

from collections.abc import Iterable
from datetime import datetime

from pyarrow.fs import FileSelector, FileType
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from ebb_lake.lake import Lake


def expire(lake: Lake, name: str, now: datetime) -> dict[str, int]:
    """Only for who is the one that writes: a file that nobody refers to yet may be another writer's."""
    table = lake.find(name)
    if table is None:
        return {"expired": 0, "files_deleted": 0}
    old = to_expire(table.snapshots(), lake.settings.keep_snapshots, now - lake.settings.keep_age)
    if old:
        table.maintenance.expire_snapshots().by_ids(old).commit()
        table = table.refresh()
    return {"expired": len(old), "files_deleted": sweep(lake, table)}


def to_expire(snapshots: Iterable[Snapshot], keep: int, before: datetime) -> list[int]:
    """Ids of those that are neither among the newest nor young enough. The newest one always stays."""
    newest_first = sorted(snapshots, key=lambda one: one.timestamp_ms, reverse=True)
    before_ms = before.timestamp() * 1000
    return [one.snapshot_id for one in newest_first[max(1, keep) :] if one.timestamp_ms < before_ms]


def sweep(lake: Lake, table: Table) -> int:
    """Deletes what no snapshot refers to: of expired ones, and of attempts that were killed before they committed."""
    needed = {_path(location) for location in referenced(table)}
    below = FileSelector(_path(table.location()), recursive=True)
    left = [one.path for one in lake.files.get_file_info(below) if one.type == FileType.File and one.path not in needed]
    for path in left:
        lake.files.delete_file(path)
    return len(left)


def referenced(table: Table) -> set[str]:
    """Every file that the table's metadata, or a snapshot of it, names."""
    found = {table.metadata_location, *(entry.metadata_file for entry in table.metadata.metadata_log)}
    for snapshot in table.snapshots():
        found.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            found.add(manifest.manifest_path)
            entries = manifest.fetch_manifest_entry(table.io, discard_deleted=True)
            found.update(entry.data_file.file_path for entry in entries)
    return found


def _path(location: str) -> str:
    """`s3://bucket/key` as Arrow's file system calls it."""
    return location.split("://", 1)[1]
