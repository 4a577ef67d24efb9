"""Starts Airflow and keeps its three processes together: when one ends, all end, and whoever started this starts it anew.

Takes one argument, by which the process can be recognised in a list of processes; Airflow renames its own.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from environment import SettingMissing, admin_password, airflow_environment

FOLDER = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
SERVERS = (
    ("api-server",),
    # The API server reads the logs of tasks from the same disk; a server for them would listen on every interface.
    ("scheduler", "--skip-serve-logs"),
    ("dag-processor",),
)
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    pass


def main() -> int:
    signal.signal(signal.SIGTERM, _raise_stopped)
    signal.signal(signal.SIGINT, _raise_stopped)
    running: list[subprocess.Popen[bytes]] = []
    try:
        env = airflow_environment(os.environ)
        prepare(env)
        running.extend(start([BIN / "airflow", *words], env) for words in SERVERS)
        return watch(running)
    except Stopped:
        return 0
    except SettingMissing as missing:
        print(f"airflow: {missing}", file=sys.stderr, flush=True)
        return 2
    finally:
        stop(running)


def prepare(env: dict[str, str]) -> None:
    """Tables, login, and the list of models; repeating it changes nothing."""
    run([BIN / "airflow", "db", "migrate"], env)
    run([BIN / "python", FOLDER / "ensure_admin.py"], {**env, "EBB_ADMIN_PASSWORD": admin_password(os.environ)})
    if env.get("EBB_AIRFLOW_GRAIN") == "model":
        parse_models(env)


def parse_models(env: dict[str, str]) -> None:
    project = env.get("EBB_DBT_PROJECT") or str(FOLDER.parent / "dbt")
    dbt = env.get("EBB_DBT_EXECUTABLE") or str(FOLDER.parent / ".venv" / "dbt" / "bin" / "dbt")
    target = Path(env["EBB_DBT_MANIFEST"]).parent
    paths = {"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target)}
    run([dbt, "parse", "--project-dir", project, "--profiles-dir", project], {**env, **paths})


def run(command: list[str | Path], env: dict[str, str]) -> None:
    child = start(command, env)
    try:
        code = child.wait()
    finally:
        stop([child])
    if code != 0:
        raise SystemExit(f"airflow: {' '.join(map(str, command[:3]))} ended with {code}")


def start(command: list[str | Path], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([str(part) for part in command], env=env, start_new_session=True, preexec_fn=_end_with_parent)


def watch(running: list[subprocess.Popen[bytes]]) -> int:
    while True:
        for words, child in zip(SERVERS, running, strict=True):
            if child.poll() is not None:
                print(f"airflow: {words[0]} ended with {child.returncode}", file=sys.stderr, flush=True)
                return 1
        time.sleep(0.5)


def stop(running: list[subprocess.Popen[bytes]]) -> None:
    # A second signal must not interrupt this.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in running:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(child.poll() is None for child in running):
        time.sleep(0.1)
    for child in running:
        # The whole group: a worker may outlive its scheduler.
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
    signal.signal(signal.SIGTERM, _raise_stopped)
    signal.signal(signal.SIGINT, _raise_stopped)


def _raise_stopped(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end_with_parent() -> None:
    """On Linux the kernel ends the children of a launcher that was killed; they would go on writing for nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
