"""Where ClickHouse is, as profiles.yml asks for it."""

from urllib.parse import unquote, urlsplit


def dbt_environment(clickhouse_url: str) -> dict[str, str]:
    parts = urlsplit(clickhouse_url)
    is_secure = parts.scheme == "https"
    return {
        "EBB_CLICKHOUSE_HOST": parts.hostname or "",
        "EBB_CLICKHOUSE_PORT": str(parts.port or (8443 if is_secure else 8123)),
        "EBB_CLICKHOUSE_SECURE": str(is_secure).lower(),
        "EBB_CLICKHOUSE_USER": unquote(parts.username or "default"),
        "DBT_ENV_SECRET_CLICKHOUSE_PASSWORD": unquote(parts.password or ""),
        "DBT_USE_COLORS": "false",
    }
