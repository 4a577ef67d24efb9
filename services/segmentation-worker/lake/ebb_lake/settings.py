"""Where catalog, files and warehouse are, and how long history is kept: from the environment alone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# Schema of the catalog's tables in Postgres, and database of the views in ClickHouse.
SCHEMA = "lake"


class SettingMissing(Exception):
    pass


@dataclass(frozen=True)
class Settings:
    # Of the role ebb_lake, in Ebb's own database.
    postgres_url: str
    clickhouse_url: str
    store_url: str
    store_access_key: str
    store_secret_key: str
    store_region: str
    bucket: str
    # A snapshot goes when it is both: not among the newest, and older than this.
    keep_snapshots: int
    keep_age: timedelta

    @property
    def warehouse(self) -> str:
        return f"s3://{self.bucket}/lake/warehouse"

    def database_url(self, scheme: str = "postgresql") -> str:
        """With the schema of the catalog in front, whatever else the URL asks for."""
        parts = urlsplit(self.postgres_url)
        query = dict(parse_qsl(parts.query))
        query["options"] = f"{query.get('options', '')} -csearch_path={SCHEMA}".strip()
        query["application_name"] = "ebb-lake"
        # libpq takes a plus sign for a plus sign.
        return urlunsplit((scheme, parts.netloc, parts.path, urlencode(query, quote_via=quote), ""))


def load(env: Mapping[str, str] = os.environ) -> Settings:
    return Settings(
        postgres_url=_get(env, "EBB_LAKE_POSTGRES_URL"),
        clickhouse_url=_get(env, "EBB_CLICKHOUSE_URL"),
        store_url=_get(env, "EBB_OBJECT_STORE_URL"),
        store_access_key=_get(env, "EBB_OBJECT_STORE_ACCESS_KEY"),
        store_secret_key=_get(env, "EBB_OBJECT_STORE_SECRET_KEY"),
        store_region=_get(env, "EBB_OBJECT_STORE_REGION", "us-east-1"),
        bucket=_get(env, "EBB_OBJECT_STORE_BUCKET", "ebb"),
        keep_snapshots=_whole(env, "EBB_LAKE_KEEP_SNAPSHOTS", 30, at_least=1),
        keep_age=timedelta(days=_whole(env, "EBB_LAKE_KEEP_DAYS", 90, at_least=0)),
    )


def _get(env: Mapping[str, str], name: str, default: str | None = None) -> str:
    """A setting, or the content of the file that NAME_FILE names."""
    if value := env.get(name):
        return value
    if file := env.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    if default is None:
        raise SettingMissing(f"{name} is not set, nor is {name}_FILE")
    return default


def _whole(env: Mapping[str, str], name: str, default: int, *, at_least: int) -> int:
    text = _get(env, name, str(default))
    if not text.isdecimal() or int(text) < at_least:
        raise ValueError(f'{name} is "{text}"; it must be a whole number of at least {at_least}')
    return int(text)
