"""Runs dbt commands one after the other in one process, which saves dbt's start for each.

Standard input holds a JSON array of argument vectors. A command that fails ends it, with dbt's exit code, unless it is a
`build`: what was built is looked at by the command behind it (publish), which refuses a bad one and says why.
"""

import json
import sys
from collections.abc import Iterable

from dbt.cli.main import dbtRunner


def run(commands: Iterable[list[str]]) -> int:
    runner = dbtRunner()
    worst = 0
    for arguments in commands:
        result = runner.invoke(arguments)
        if result.success:
            continue
        if result.exception is not None:
            print(result.exception, file=sys.stderr)
        worst = worst or (1 if result.exception is None else 2)
        if "build" not in arguments:
            break
    return worst


if __name__ == "__main__":
    sys.exit(run(json.load(sys.stdin)))
