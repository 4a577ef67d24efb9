"""Prepares Superset's database and dashboards, then becomes its web server; or becomes the worker that sends its mails.

Takes the name by which the process can be recognised in a list of processes, and `server` or `worker`.
"""

import os
import subprocess
import sys
from pathlib import Path

from end_with_parent import end_with_parent
from settings import SettingMissing, home, setting

FOLDER = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent


def main() -> int:
    name, program = sys.argv[1:]
    try:
        home().mkdir(parents=True, exist_ok=True)
        env = superset_environment()
        server = [str(BIN / "gunicorn"), *gunicorn_options(name)]
    except SettingMissing as missing:
        print(f"superset: {missing}", file=sys.stderr, flush=True)
        return 2
    if program == "worker":
        os.execve(sys.executable, [sys.executable, str(FOLDER / "worker.py"), name], env)
    done = subprocess.run([sys.executable, str(FOLDER / "prepare.py")], env=env, preexec_fn=end_with_parent, check=False)
    if done.returncode != 0:
        print(f"superset: preparing it ended with {done.returncode}", file=sys.stderr, flush=True)
        return 1
    os.execve(server[0], server, env)


def superset_environment() -> dict[str, str]:
    return {
        **os.environ,
        "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"),
        "SUPERSET_HOME": str(home()),
        "PYTHONPATH": str(FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Else every page would ask a server elsewhere for a picture that counts installations.
        "SCARF_ANALYTICS": "false",
    }


def gunicorn_options(name: str) -> list[str]:
    return [
        # The name in front is how the process is found again.
        "--name",
        name,
        "--bind",
        f"{setting('EBB_HOST', '127.0.0.1')}:{setting('EBB_SUPERSET_PORT', '8088')}",
        # One process: the cache of the look-ups is its own. Threads wait for the databases.
        "--workers",
        "1",
        "--threads",
        "16",
        "--timeout",
        "120",
        "--graceful-timeout",
        "15",
        "--worker-tmp-dir",
        str(home()),
        "--limit-request-line",
        "0",
        # It would stand in the home of the user, one for all stacks.
        "--no-control-socket",
        "superset.app:create_app()",
    ]


if __name__ == "__main__":
    sys.exit(main())
