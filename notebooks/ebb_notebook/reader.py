"""What readers see now: one publication of the marts, the published runs of the models, the lake and its history."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from ebb_lake.lake import Lake, open_lake
from ebb_lake.settings import Settings, load
from ebb_lake.show import describe
from ebb_lake.warehouse import ask

Parameter = str | int | float | date | Sequence[str]


class NotPublished(Exception):
    """Something to read is not there; the message says by which command it comes."""


@dataclass(frozen=True)
class Publication:
    id: str
    # Database of its marts.
    marts: str
    as_of: date
    # The last day of the retailer's files; none before any were loaded.
    as_of_retail: date | None


class Reader:
    """Opened once per notebook, so that all of its figures are of one publication."""

    def __init__(self, settings: Settings, lake: Lake, publication: Publication) -> None:
        self.settings = settings
        self.lake = lake
        self.publication = publication

    def table(self, sql: str, **parameters: Parameter) -> pd.DataFrame:
        """
        Rows of a SELECT. `{name: Type}` stands for a parameter; `{marts: Identifier}`, the database of the publication,
        and `{as_of: Date32}` are always there. Decimals stay decimals.
        """
        given = {"marts": self.publication.marts, "as_of": self.publication.as_of} | parameters
        return _table(self.settings, sql, given)

    def need(self, runs: Sequence[tuple[str, str]]) -> pd.DataFrame:
        """The published runs of these kinds and sources. Raises NotPublished, which names all that are missing."""
        found = self.table(
            """
            SELECT kind, source, toDate32(as_of) AS as_of, published_at, toString(run_id) AS run FROM ml.published
            ORDER BY kind, source"""
        )
        there = list(zip(found["kind"], found["source"], strict=True))
        missing = [f"{kind} of {source}" for kind, source in runs if (kind, source) not in there]
        if self.lake.find("customer_clusters") is None:
            missing.append("the lake")
        if missing:
            raise NotPublished(
                f"not published yet: {', '.join(missing)}; make notebook brings what is missing, "
                "and ebb models list says what was held back and why"
            )
        return found[[run in runs for run in there]].reset_index(drop=True)

    def snapshots(self, table: str) -> pd.DataFrame:
        """Of a table of the lake, the oldest that is kept first."""
        known = next(one for one in describe(self.lake) if one["table"] == table)
        rows = pd.DataFrame(known["snapshots"]).iloc[::-1].reset_index(drop=True)
        return rows.assign(at=pd.to_datetime(rows["at"]))

    def lake_rows(self, table: str, where: str, snapshot: str | None = None) -> pd.DataFrame:
        """Rows as they stand in the lake, or as they stood in a snapshot; `where` as pyiceberg reads it."""
        snapshot_id = None if snapshot is None else int(snapshot)
        return self.lake.find(table).scan(row_filter=where, snapshot_id=snapshot_id).to_pandas()


def open_reader() -> Reader:
    """Addresses and logins come from the environment: see ebb_lake.settings. Raises NotPublished before the first build."""
    settings = load()
    rows = _table(
        settings,
        """
        SELECT id, toDate32(as_of) AS as_of, toDate32(as_of_retail) AS as_of_retail
        FROM marts.publication FINAL WHERE state = 'published'
        ORDER BY built_at DESC, _version DESC LIMIT 1""",
        {},
    )
    if rows.empty:
        raise NotPublished("no build of the marts is published yet; one comes by: ebb build")
    newest = rows.iloc[0]
    publication = Publication(newest["id"], f"marts_{newest['id']}", newest["as_of"], newest["as_of_retail"])
    return Reader(settings, open_lake(settings), publication)


def _table(settings: Settings, sql: str, parameters: dict[str, Any]) -> pd.DataFrame:
    # Unlike Arrow's streams, Parquet keeps the columns of a result without rows.
    answer = ask(settings, f"{sql}\nFORMAT Parquet", {name: _escaped(value) for name, value in parameters.items()})
    return pq.read_table(io.BytesIO(answer)).to_pandas()


def _escaped(value: Parameter) -> str:
    """As ClickHouse reads a parameter: a field of a tab-separated line."""
    text = str(value) if isinstance(value, str | int | float | date) else f"[{', '.join(map(_quoted, value))}]"
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
