"""A cache whose entries end with the publication they were read from.

Every key carries a fingerprint of what the marts' views read and of what the models have published. The fingerprint
belongs to the moment of the look-up: a result that took longer than a publication is kept under the old one, where
nobody looks any more.
"""

import hashlib
import threading
import time
import uuid
from typing import Any

import requests
from flask_caching.backends.base import BaseCache
from flask_caching.backends.filesystemcache import FileSystemCache
from settings import setting

# Views are replaced one by one: their definitions, unlike the pointer of the publication, say when each of them has been.
FINGERPRINT_SQL = """
SELECT (SELECT sum(cityHash64(name, create_table_query)) FROM system.tables WHERE database = 'marts'),
  (SELECT max(_version) FROM ml.publication)
FORMAT TabSeparated
"""
# For so long a replaced publication may still be shown.
FRESH_SECONDS = 5


class PublishedCache(BaseCache):
    """Files of results, by key and publication."""

    def __init__(self, files: FileSystemCache) -> None:
        super().__init__(default_timeout=files.default_timeout)
        self._files = files
        self._thread = threading.local()
        self._fingerprint = ""
        self._read_at = float("-inf")

    @classmethod
    def factory(cls, app: Any, config: Any, args: Any, kwargs: Any) -> "PublishedCache":
        return cls(FileSystemCache.factory(app, config, args, kwargs))

    def get(self, key: str) -> Any:
        own = self._key(key)
        value = self._files.get(own)
        if value is None:
            self._missed()[key] = own
        return value

    def set(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._files.set(self._missed().pop(key, None) or self._key(key), *args, **kwargs)

    def add(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._files.add(self._key(key), *args, **kwargs)

    def has(self, key: str) -> bool:
        return self._files.has(self._key(key))

    def delete(self, key: str) -> bool:
        return self._files.delete(self._key(key))

    def clear(self) -> bool:
        return self._files.clear()

    def _missed(self) -> dict[str, str]:
        """Of this thread: what it looked for and did not find, and under which key."""
        missed = self._thread.__dict__.setdefault("missed", {})
        if len(missed) > 100:
            missed.clear()
        return missed

    def _key(self, key: str) -> str:
        return hashlib.sha256(f"{self._current()}:{key}".encode()).hexdigest()

    def _current(self) -> str:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            before, self._fingerprint = self._fingerprint, read_fingerprint()
            self._read_at = time.monotonic()
            if before not in ("", self._fingerprint):
                # Nobody looks there any more.
                self._files.clear()
        return self._fingerprint


def read_fingerprint() -> str:
    """Without an answer nothing that was kept is shown."""
    try:
        answer = requests.post(setting("EBB_CLICKHOUSE_URL"), data=FINGERPRINT_SQL, timeout=5)
        answer.raise_for_status()
        return answer.text.strip()
    except requests.RequestException:
        return str(uuid.uuid4())
