"""One dbt in one process for many commands: starting it and reading the project costs more than most of them.

Reads a JSON array of arguments per line from standard input, writes {"ok", "error", "failed"} per line to descriptor 3.
The project is read by the first command, and again by "parse".

The name must not begin with dbt_: dbt imports every such module as a plugin of its own.
"""

import json
import os
import sys

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest


def read_project() -> Manifest:
    parsed = dbtRunner().invoke(["--quiet", "parse"])
    if not parsed.success:
        raise RuntimeError(f"the project cannot be read: {parsed.exception}")
    return parsed.result


def main() -> None:
    manifest = None
    replies = os.fdopen(3, "w", buffering=1)
    for line in sys.stdin:
        arguments = json.loads(line)
        failed, error = [], None
        try:
            if manifest is None or arguments[0] == "parse":
                manifest = read_project()
            if arguments[0] != "parse":
                done = dbtRunner(manifest=manifest).invoke(["--quiet", *arguments])
                error = None if done.exception is None else str(done.exception)
                for node in getattr(done.result, "results", None) or []:
                    if node.status in ("error", "fail", "skipped", "runtime error"):
                        failed.append(f"{node.node.name}: {node.status}: {node.message}")
                if not done.success and error is None and not failed:
                    error = "dbt failed without saying why"
        except Exception as exception:
            error = str(exception)
        print(json.dumps({"ok": error is None and not failed, "error": error, "failed": failed}), file=replies)


if __name__ == "__main__":
    main()
