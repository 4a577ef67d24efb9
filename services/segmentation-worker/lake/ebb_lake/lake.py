"""The catalog, its tables and the files below them."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

# Before Arrow's S3 client is loaded: servers other than Amazon's do not all know checksums behind a body.
os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
os.environ.setdefault("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")

import pyarrow as pa  # noqa: E402
from pyarrow.fs import S3FileSystem  # noqa: E402
from pyiceberg.catalog.sql import SqlCatalog  # noqa: E402
from pyiceberg.exceptions import NoSuchTableError  # noqa: E402
from pyiceberg.table import Table  # noqa: E402

from ebb_lake.settings import Settings  # noqa: E402

NAMESPACE = "lake"
TABLE_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    # A file lies below its table under a plain name: keys of random characters are for stores of Amazon's size.
    "write.object-storage.enabled": "false",
    "write.metadata.previous-versions-max": "20",
}


@dataclass(frozen=True)
class Lake:
    settings: Settings
    catalog: SqlCatalog
    files: S3FileSystem

    def find(self, name: str) -> Table | None:
        try:
            return self.catalog.load_table((NAMESPACE, name))
        except NoSuchTableError:
            return None

    def find_or_make(self, name: str, schema: pa.Schema) -> Table:
        """The table, with a column for each of the schema's: what an export has more than the one before is added."""
        table = self.find(name)
        if table is None:
            self.catalog.create_namespace_if_not_exists(NAMESPACE)
            location = f"{self.settings.warehouse}/{name}"
            return self.catalog.create_table(
                (NAMESPACE, name), schema=schema, location=location, properties=TABLE_PROPERTIES
            )
        with table.update_schema() as change:
            change.union_by_name(schema)
        return table


def open_lake(settings: Settings) -> Lake:
    store = urlsplit(settings.store_url)
    catalog = SqlCatalog(
        "ebb",
        **{
            "uri": settings.database_url("postgresql+psycopg2"),
            "warehouse": settings.warehouse,
            # They are made by the migrations; this login may make none.
            "init_catalog_tables": "false",
            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
            "s3.endpoint": settings.store_url,
            "s3.region": settings.store_region,
            "s3.access-key-id": settings.store_access_key,
            "s3.secret-access-key": settings.store_secret_key,
        },
    )
    files = S3FileSystem(
        access_key=settings.store_access_key,
        secret_key=settings.store_secret_key,
        region=settings.store_region,
        scheme=store.scheme,
        endpoint_override=store.netloc,
    )
    return Lake(settings, catalog, files)
