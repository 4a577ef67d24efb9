"""The first build of a new warehouse, published, so that there are figures when everything is up; later ones are Airflow's.

For the container that has dbt alone. EBB_CLICKHOUSE_URL, or the file that EBB_CLICKHOUSE_URL_FILE names, says where the
warehouse is. Where a build is published already it does nothing.
"""

import json
import os
import secrets
import sys
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from dbt_target import dbt_environment


def main() -> int:
    url = os.environ.get("EBB_CLICKHOUSE_URL") or Path(os.environ["EBB_CLICKHOUSE_URL_FILE"]).read_text().strip()
    target = dbt_environment(url)
    published = ask(url, target, "SELECT count() FROM marts.publication FINAL WHERE state = 'published'")
    if published != "0":
        print(f"first-build: {published} builds are published already")
        return 0
    os.environ.update(target)
    # It takes seconds to import, which every later start saves.
    from steps import run

    code = run(commands(new_build_id(datetime.now(UTC), secrets.token_hex(2))))
    print("first-build: " + ("published" if code == 0 else "NOT published; dbt said why above"))
    return code


def new_build_id(now: datetime, random: str) -> str:
    """As `newBuildId` in packages/local-stack makes it."""
    return f"p{now:%Y%m%d%H%M%S}_{random}"


def commands(build_id: str) -> list[list[str]]:
    """As `ebb build` makes them: open a candidate, fill and test it, publish it."""
    variables = ["--vars", json.dumps({"build_id": build_id})]

    def operation(name: str) -> list[str]:
        return ["--quiet", "run-operation", name, "--args", json.dumps({"id": build_id}), *variables]

    return [operation("open_candidate"), ["build", *variables], operation("publish")]


def ask(url: str, target: dict[str, str], sql: str) -> str:
    login = f"{target['EBB_CLICKHOUSE_USER']}:{target['DBT_ENV_SECRET_CLICKHOUSE_PASSWORD']}"
    request = urllib.request.Request(
        f"{urlsplit(url).scheme}://{target['EBB_CLICKHOUSE_HOST']}:{target['EBB_CLICKHOUSE_PORT']}/",
        data=sql.encode(),
        headers={"Authorization": "Basic " + b64encode(login.encode()).decode()},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode().strip()


if __name__ == "__main__":
    sys.exit(main())
