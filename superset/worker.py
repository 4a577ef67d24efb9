"""Sends alerts and reports when they are due, and prunes what is old: Celery's worker and its clock in one program.

Takes one argument, by which the process can be recognised in a list of processes.
"""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import urlopen

from celery.signals import beat_embedded_init, task_postrun, task_received, worker_ready
from end_with_parent import end_with_parent
from settings import home, server_url, setting

# Each minute the clock puts a task into the queue; a worker that has received none for so long is not well.
SILENT_SECONDS = 300


class Ears:
    """When the worker last heard of a task."""

    heard_at = float("-inf")


def main() -> None:
    (home() / "queue").mkdir(exist_ok=True)
    # First of all: a port that is taken is better known now than when Superset is there.
    serve_health()
    wait_for_server()
    # Superset's tables are there by now; importing it earlier could begin to make them.
    from superset.tasks import celery_app

    # By then a task has left the application's context, and its session with it: this would fail after every task.
    task_postrun.disconnect(celery_app.teardown)
    celery_app.app.worker_main(
        ["worker", "--beat", "--schedule", str(home() / "beat"), "--concurrency", "1", "--loglevel", "INFO"]
    )


def wait_for_server() -> None:
    while True:
        try:
            with urlopen(f"{server_url()}/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(1)


def serve_health() -> None:
    address = (setting("EBB_HOST", "127.0.0.1"), int(setting("EBB_SUPERSET_WORKER_PORT", "8098")))
    server = ThreadingHTTPServer(address, Health)
    # Else a process that outlives this one for a moment would keep the port from the next.
    os.register_at_fork(after_in_child=server.socket.close)
    threading.Thread(target=server.serve_forever, daemon=True).start()


@worker_ready.connect
@task_received.connect
def _hear(**_: object) -> None:
    Ears.heard_at = time.monotonic()


@beat_embedded_init.connect
def _end_clock_with_worker(**_: object) -> None:
    # Two clocks would send every mail twice.
    end_with_parent()


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        silent_seconds = time.monotonic() - Ears.heard_at
        self.send_response(200 if silent_seconds < SILENT_SECONDS else 503)
        self.end_headers()
        self.wfile.write(f"heard of a task {silent_seconds:.0f} s ago\n".encode())

    def log_message(self, *_: object) -> None:
        """Not a line for every look."""


if __name__ == "__main__":
    main()
