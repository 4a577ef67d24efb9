"""One publication from its export to the views of ClickHouse; what `ebb lake publish` and Airflow do."""

from datetime import UTC, datetime
from typing import Any

from ebb_lake import jobs
from ebb_lake.expiry import expire
from ebb_lake.exports import read_manifest
from ebb_lake.lake import open_lake
from ebb_lake.publish import TABLES, publish
from ebb_lake.settings import Settings, load
from ebb_lake.views import show_table


def run(manifest: str | None = None, settings: Settings | None = None) -> dict[str, Any]:
    """
    Publishes the export of that manifest, or a new one. Repeating it, after a kill at whatever point, publishes nothing
    twice: a snapshot tells by its summary which run it is of.
    """
    settings = settings or load()
    with jobs.alone(settings) as connection:
        if manifest is None:
            manifest = jobs.export_now(connection, f"ebb lake publish {datetime.now(UTC).isoformat()}")["manifest"]
        lake = open_lake(settings)
        export = read_manifest(lake.files, settings.bucket, manifest)
        with jobs.publication(connection, export.run_id) as result:
            result["run_id"] = export.run_id
            result["tables"] = publish(lake, export)
            for name, _, _ in TABLES:
                result["tables"][name] |= expire(lake, name, datetime.now(UTC))
                if (table := lake.find(name)) is not None:
                    show_table(settings, name, table)
    return result
