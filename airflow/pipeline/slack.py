"""Alerts as a line in a channel, beside the mail; where nobody gave a webhook there is none, and that is no fault."""

import json
import logging
from http.client import HTTPException
from urllib.request import Request, urlopen

from airflow.sdk import BaseHook

# Its password is the address of the webhook, which lets whoever knows it write.
CONNECTION = "ebb_slack"
TIMEOUT_SECONDS = 10

log = logging.getLogger(__name__)


def post(text: str) -> bool:
    """Whether it was posted. The mail has been sent by now, so a channel that does not answer is a warning alone."""
    url = BaseHook.get_connection(CONNECTION).password
    if not url:
        return False
    request = Request(url, json.dumps({"text": text}).encode(), {"content-type": "application/json"})
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS):
            return True
    except (OSError, ValueError, HTTPException) as error:
        # Without the address: its path is the secret.
        log.warning("Slack was not told: %s", getattr(error, "reason", None) or type(error).__name__)
        return False
