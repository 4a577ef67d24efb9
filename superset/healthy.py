"""Exit code 0 when the server, or the worker, on this port says that it is well. For the containers' health checks."""

import sys
from urllib.request import urlopen


def main() -> int:
    with urlopen(f"http://127.0.0.1:{sys.argv[1]}/health", timeout=4) as answer:
        return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
