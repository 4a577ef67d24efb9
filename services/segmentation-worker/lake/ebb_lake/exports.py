"""What the segmentation worker wrote: Parquet files of one state of the warehouse, and a manifest that names them."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.fs import S3FileSystem

# As the worker writes it; another number is another meaning.
FORMAT = 1


class ExportDamaged(Exception):
    pass


@dataclass(frozen=True)
class Export:
    # Stands for the state that was exported: the same state has the same.
    run_id: str
    # ISO 8601, UTC, so that the later text is the later time.
    exported_at: str
    publication: str
    model_runs: tuple[str, ...]
    # Key and rows of each file, by table.
    tables: dict[str, tuple[str, int]]

    @property
    def properties(self) -> dict[str, str]:
        """What every snapshot made of it says in its summary."""
        return {
            "run_id": self.run_id,
            "exported_at": self.exported_at,
            "publication": self.publication,
            "model_runs": ",".join(self.model_runs),
        }


def read_manifest(files: S3FileSystem, bucket: str, key: str) -> Export:
    try:
        with files.open_input_stream(f"{bucket}/{key}") as stream:
            found = json.loads(stream.read())
    except FileNotFoundError:
        raise ExportDamaged(f"there is no export {key}: only the last ones are kept; make a new one") from None
    return parse_manifest(found, key)


def parse_manifest(found: dict[str, Any], key: str) -> Export:
    if found.get("format") != FORMAT:
        raise ExportDamaged(f"{key} is of format {found.get('format')}; this version reads {FORMAT}")
    return Export(
        run_id=found["run_id"],
        exported_at=found["exported_at"],
        publication=found["publication"],
        model_runs=tuple(run["run_id"] for run in found["model_runs"]),
        tables={table["name"]: (table["key"], table["rows"]) for table in found["tables"]},
    )


def read_rows(files: S3FileSystem, bucket: str, export: Export, name: str) -> pa.Table | None:
    """All rows of a table, every column optional; None where the export has none."""
    if name not in export.tables:
        return None
    key, rows = export.tables[name]
    table = pq.read_table(f"{bucket}/{key}", filesystem=files)
    if table.num_rows != rows:
        raise ExportDamaged(f"{key} holds {table.num_rows} rows, and its manifest says {rows}")
    return table.cast(pa.schema([field.with_nullable(True) for field in table.schema]))
