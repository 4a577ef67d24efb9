"""The mail server of the tests."""

import json
import os
from urllib.request import Request, urlopen

MAILS = os.environ["EBB_TEST_MAILS"]


def empty() -> None:
    urlopen(Request(f"{MAILS}/api/v1/messages", method="DELETE"), timeout=10).read()


def every() -> list[dict[str, str]]:
    """The first one first; each went to everybody."""
    found = json.load(urlopen(f"{MAILS}/api/v1/messages", timeout=10))["messages"]
    whole = [json.load(urlopen(f"{MAILS}/api/v1/message/{one['ID']}", timeout=10)) for one in reversed(found)]
    assert all(len(one["To"]) == 2 for one in whole)
    return whole
