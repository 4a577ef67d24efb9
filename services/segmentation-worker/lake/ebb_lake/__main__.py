"""`python -m ebb_lake publish|show`: see `ebb lake --help`."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from psycopg2 import OperationalError

from ebb_lake.exports import ExportDamaged
from ebb_lake.jobs import JobFailed
from ebb_lake.lake import open_lake
from ebb_lake.run import run
from ebb_lake.settings import SettingMissing, load
from ebb_lake.show import NothingToShow, describe, listing, rows_of
from ebb_lake.warehouse import Refused

# What a person can do something about; everything else shows where it happened.
EXPLAINED = (ExportDamaged, JobFailed, NothingToShow, Refused, SettingMissing, OperationalError)


def main(arguments: list[str]) -> int:
    given = parse(arguments)
    try:
        print(published(given) if given.command == "publish" else shown(given))
    except EXPLAINED as error:
        print(f"ebb lake: {str(error).strip()}", file=sys.stderr)
        return 1
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ebb lake")
    commands = parser.add_subparsers(dest="command", required=True)
    publishing = commands.add_parser("publish")
    publishing.add_argument("--export", help="key of a manifest; without it a new export is made")
    publishing.add_argument("--json", action="store_true")
    showing = commands.add_parser("show")
    showing.add_argument("table", nargs="?")
    when = showing.add_mutually_exclusive_group()
    when.add_argument("--snapshot", type=int)
    when.add_argument("--as-of", type=instant)
    showing.add_argument("--limit", type=int)
    showing.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def instant(text: str) -> datetime:
    """ISO 8601; without a zone it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def published(given: argparse.Namespace) -> str:
    result = run(given.export)
    if given.json:
        return as_json(result)
    return "\n".join(f"{name:<22} {told(one)}" for name, one in result["tables"].items())


def told(table: dict[str, Any]) -> str:
    rows = f", {table['rows']:,} rows" if "rows" in table else ""
    snapshot = f", snapshot {table['snapshot']}" if table.get("snapshot") else ""
    expired = f"; {table['expired']} snapshots expired" if table.get("expired") else ""
    return f"{table['state']}{rows}{snapshot}{expired}"


def shown(given: argparse.Namespace) -> str:
    lake = open_lake(load())
    if given.table is None:
        tables = describe(lake)
        return as_json(tables) if given.json else listing(tables)
    rows = rows_of(lake, given.table, snapshot=given.snapshot, as_of=given.as_of, limit=given.limit)
    return as_json(rows) if given.json else "\n".join(as_json(row) for row in rows)


def as_json(value: Any) -> str:
    """Money and times as text."""
    return json.dumps(value, default=str)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
