"""Ebb's settings as Superset needs them: a value, or the content of the file that NAME_FILE names."""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


class SettingMissing(Exception):
    pass


def setting(name: str, default: str | None = None) -> str:
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    if default is None:
        raise SettingMissing(f"{name} is not set, nor is {name}_FILE")
    return default


def address(name: str) -> SplitResult:
    """Of a server, login included."""
    return urlsplit(setting(name))


def home() -> Path:
    return Path(setting("EBB_SUPERSET_HOME"))


def server_url() -> str:
    """Where the worker reaches the server."""
    return setting("EBB_SUPERSET_INTERNAL_URL", f"http://127.0.0.1:{setting('EBB_SUPERSET_PORT', '8088')}")


def public_url() -> str:
    """Where people reach it, for links in mails."""
    return setting("EBB_SUPERSET_URL", server_url())
