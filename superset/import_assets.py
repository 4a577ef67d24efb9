"""Imports databases, datasets, charts and dashboards from `assets/`, with the addresses and logins of this stack."""

from pathlib import Path
from urllib.parse import unquote

import yaml
from settings import address
from superset.commands.importers.v1.assets import ImportAssetsCommand
from superset.utils.core import override_user

FOLDER = Path(__file__).resolve().parent / "assets"
# File of a database → which setting holds its address, and Superset's name for the driver.
DATABASES = {
    "databases/postgres.yaml": ("EBB_POSTGRES_URL", "postgresql+psycopg2"),
    "databases/clickhouse.yaml": ("EBB_CLICKHOUSE_URL", "clickhousedb"),
}


def import_assets(admin) -> int:
    """The number of dashboards. What exists is overwritten: the repository is where it is changed."""
    contents = {str(path.relative_to(FOLDER)): path.read_text() for path in sorted(FOLDER.rglob("*.yaml"))}
    # Superset exports and imports no schedules: report_schedules.py does.
    contents = {path: text for path, text in contents.items() if not path.startswith("reports/")}
    passwords = {}
    for file, (name, driver) in DATABASES.items():
        contents[file], passwords[file] = with_address(contents[file], name, driver)
    with override_user(admin):
        ImportAssetsCommand(contents, passwords=passwords).run()
    return sum(1 for path in contents if path.startswith("dashboards/"))


def with_address(content: str, name: str, driver: str) -> tuple[str, str]:
    """The same database at this stack's address, its password apart: Superset keeps that one encrypted."""
    server = address(name)
    database = yaml.safe_load(content)
    path = server.path if server.path not in ("", "/") else "/default"
    database["sqlalchemy_uri"] = f"{driver}://{server.username}:XXXXXXXXXX@{server.hostname}:{server.port}{path}"
    return yaml.safe_dump(database), unquote(server.password or "")
