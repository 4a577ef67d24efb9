"""Exit code 0 when all three processes say that they are well. For the container's health check."""

import json
import os
import sys
from urllib.request import urlopen

PARTS = ("metadatabase", "scheduler", "dag_processor")


def main() -> int:
    port = os.environ.get("EBB_AIRFLOW_PORT", "8080")
    with urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=4) as answer:
        states = json.load(answer)
    return 0 if all(states[part]["status"] == "healthy" for part in PARTS) else 1


if __name__ == "__main__":
    sys.exit(main())
