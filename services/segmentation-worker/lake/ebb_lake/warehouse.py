"""Statements to ClickHouse, over HTTP."""

from base64 import b64encode
from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

from ebb_lake.settings import Settings

TIMEOUT_SECONDS = 300


class Refused(Exception):
    """What ClickHouse says of a statement that it does not run."""


def ask(settings: Settings, sql: str, parameters: Mapping[str, str] | None = None) -> bytes:
    """The answer as it came; `{name: Type}` in the statement stands for a parameter of that name."""
    parts = urlsplit(settings.clickhouse_url)
    login = f"{unquote(parts.username or 'default')}:{unquote(parts.password or '')}"
    port = parts.port or (8443 if parts.scheme == "https" else 8123)
    query = urlencode({f"param_{name}": value for name, value in (parameters or {}).items()})
    request = Request(
        f"{parts.scheme}://{parts.hostname}:{port}/?{query}",
        data=sql.encode(),
        headers={"Authorization": "Basic " + b64encode(login.encode()).decode()},
    )
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.read()
    except HTTPError as error:
        raise Refused(error.read().decode(errors="replace").strip()) from None
