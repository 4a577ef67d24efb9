"""From Ebb's settings to Airflow's: one place, for the embedded stack and for the container."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

FOLDER = Path(__file__).resolve().parent
sys.path.append(str(FOLDER.parent / "dbt"))

from dbt_target import dbt_environment  # noqa: E402


class SettingMissing(Exception):
    pass


def airflow_environment(env: Mapping[str, str]) -> dict[str, str]:
    """What Airflow, its tasks and dbt are started with. Holds passwords: it is for child processes alone."""
    get = _reader(env)
    port = get("EBB_AIRFLOW_PORT", "8080")
    home = Path(get("EBB_AIRFLOW_HOME"))
    own = {name: value for name, value in env.items() if not _is_secret_setting(name)}
    return {
        **own,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONFIG": str(FOLDER / "airflow.cfg"),
        "PYTHONPATH": str(FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__FERNET_KEY": get("EBB_AIRFLOW_FERNET_KEY"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _sqlalchemy(get("EBB_AIRFLOW_DATABASE_URL")),
        "AIRFLOW__API__HOST": get("EBB_HOST", "127.0.0.1"),
        "AIRFLOW__API__PORT": port,
        "AIRFLOW__API__BASE_URL": get("EBB_AIRFLOW_URL", f"http://127.0.0.1:{port}"),
        "AIRFLOW__API__SECRET_KEY": get("EBB_AIRFLOW_API_SECRET"),
        "AIRFLOW__API_AUTH__JWT_SECRET": get("EBB_AIRFLOW_JWT_SECRET"),
        "AIRFLOW__FAB__CONFIG_FILE": str(FOLDER / "webserver_config.py"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__COSMOS__CACHE_DIR": str(home / "cosmos"),
        "AIRFLOW_CONN_EBB_POSTGRES": _connection("postgres", get("EBB_POSTGRES_URL")),
        "AIRFLOW_CONN_EBB_CLICKHOUSE": _connection("clickhouse", get("EBB_CLICKHOUSE_URL")),
        "AIRFLOW_CONN_SMTP_DEFAULT": _mail(get),
        # There in any case, so that tasks need not tell "not given" from "not found".
        "AIRFLOW_CONN_EBB_SLACK": _channel(get("EBB_SLACK_WEBHOOK_URL", "off")),
        **dbt_environment(get("EBB_CLICKHOUSE_URL")),
        "EBB_DBT_MANIFEST": get("EBB_DBT_MANIFEST", str(home / "manifest" / "manifest.json")),
        "DO_NOT_TRACK": "1",
    }


def _is_secret_setting(name: str) -> bool:
    """Tasks get what they need as connections; what only this module reads ends here."""
    if name == "EBB_SLACK_WEBHOOK_URL":
        return True
    return name.startswith("EBB_AIRFLOW_") and name.endswith(("_KEY", "_SECRET", "_PASSWORD", "_DATABASE_URL"))


def _reader(env: Mapping[str, str]):
    """A setting, or the content of the file that NAME_FILE names."""

    def get(name: str, default: str | None = None) -> str:
        if value := env.get(name):
            return value
        if file := env.get(f"{name}_FILE"):
            return Path(file).read_text().strip()
        if default is None:
            raise SettingMissing(f"{name} is not set, nor is {name}_FILE")
        return default

    return get


def admin_password(env: Mapping[str, str]) -> str:
    return _reader(env)("EBB_AIRFLOW_ADMIN_PASSWORD")


def _sqlalchemy(url: str) -> str:
    return "postgresql+psycopg2://" + url.split("://", 1)[1]


# What a login asks for where its address names none: of ClickHouse's own `default` the tasks' login may see nothing.
_DATABASE = {"postgres": None, "clickhouse": "marts"}


def _connection(kind: str, url: str) -> str:
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    # Of Postgres the rest of the address are libpq's settings, such as sslmode.
    extra = {"secure": is_secure} if kind == "clickhouse" else dict(parse_qsl(parts.query))
    default_port = 5432 if kind == "postgres" else 8443 if is_secure else 8123
    return json.dumps(
        {
            "conn_type": kind,
            "host": parts.hostname,
            "port": parts.port or default_port,
            "login": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "schema": parts.path.strip("/") or _DATABASE[kind],
            "extra": extra,
        }
    )


def _channel(webhook: str) -> str:
    return json.dumps({"conn_type": "http", "password": None if webhook == "off" else webhook})


def _mail(get) -> str:
    """A mail server with a login is spoken to encrypted; the catcher of the stack has neither."""
    login = get("EBB_SMTP_LOGIN", "")
    return json.dumps(
        {
            "conn_type": "smtp",
            "host": get("EBB_SMTP_HOST", "127.0.0.1"),
            "port": int(get("EBB_SMTP_PORT", "1025")),
            "login": login or None,
            "password": get("EBB_SMTP_PASSWORD", "") or None,
            "extra": {"disable_ssl": True, "disable_tls": login == "", "timeout": 30, "retry_limit": 2},
        }
    )


if __name__ == "__main__":
    # For a shell: `python environment.py airflow dags list` runs the command as the scheduler would.
    os.execvpe(sys.argv[1], sys.argv[1:], airflow_environment(os.environ))
