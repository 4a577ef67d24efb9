"""The tables in ClickHouse: views `lake.<table>`, which read the files in place and need no login to them."""

from pyiceberg.table import Table

from ebb_lake.settings import SCHEMA, Settings
from ebb_lake.warehouse import ask

# As the set-up names address and login of the object store to ClickHouse.
COLLECTION = "ebb_files"


def show_table(settings: Settings, name: str, table: Table) -> None:
    """
    Named by its metadata file: looking for the newest one would also find that of a commit that was given up. A query
    with `SETTINGS iceberg_snapshot_id = …` reads an older snapshot through the same view.
    """
    location = table.location().split(f"{settings.bucket}/", 1)[1]
    metadata = table.metadata_location.removeprefix(f"{table.location()}/")
    ask(settings, f"CREATE DATABASE IF NOT EXISTS {SCHEMA}")
    ask(
        settings,
        f"""CREATE OR REPLACE VIEW {SCHEMA}.{name} AS SELECT * FROM icebergS3({COLLECTION},
              filename = '{location}/', SETTINGS iceberg_metadata_file_path = '{metadata}')""",
    )
