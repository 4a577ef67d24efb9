"""What is told, and what is not told again."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipeline import alerts, slack
from pipeline.alerts import Condition, compare, summary

LATE = Condition("hop_late a", "an hour behind", "look")
DEAD = Condition("dead_letters b", "12 messages", "look")


def told(*conditions: Condition) -> list[dict[str, str]]:
    return [{"name": one.name, "detail": one.detail, "advice": one.advice, "since": "2026-11-22 03:00"} for one in conditions]


def test_what_is_new_what_is_over_and_what_lasts():
    change = compare(told(LATE), [DEAD])
    assert (change.new, change.over, change.lasting) == ([DEAD], told(LATE), [])
    change = compare(told(LATE), [LATE, DEAD])
    assert (change.new, change.over, change.lasting) == ([DEAD], [], told(LATE))


def test_other_words_for_the_same_are_nothing_new():
    change = compare(told(LATE), [Condition(LATE.name, "two hours behind", "look")])
    assert (change.new, change.over, change.lasting) == ([], [], told(LATE))


def test_a_look_that_is_not_whole_ends_nothing():
    change = compare(told(LATE), [DEAD], is_whole=False)
    assert (change.new, change.over, change.lasting) == ([DEAD], [], told(LATE))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([], [LATE], "hop_late a new"),
        ([LATE], [], "hop_late a is over"),
        ([], [LATE, DEAD], "2 new"),
        ([LATE, DEAD], [], "2 over"),
        ([LATE], [DEAD], "dead_letters b new, hop_late a is over"),
    ],
)
def test_the_subject_says_what_it_is_about(before, now, said):
    assert summary(compare(told(*before), now)) == said


def test_the_body_escapes_what_others_wrote():
    text = alerts.body(compare(told(LATE), [Condition("x", "<script>", "look")]))
    assert "&lt;script&gt;" in text and "<script>" not in text


@pytest.fixture
def channel():
    """A server in place of Slack; what it was sent, and the status it answers with."""
    received: list[dict[str, str]] = []
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/T0/secret", received, status
    server.shutdown()
    thread.join()
    server.server_close()


def use(monkeypatch, url: str | None) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_EBB_SLACK", json.dumps({"conn_type": "http", "password": url}))


def test_a_channel_gets_the_line(channel, monkeypatch):
    url, received, _ = channel
    use(monkeypatch, url)
    assert slack.post("[Ebb] x: y new") is True
    assert received == [{"text": "[Ebb] x: y new"}]


def test_without_a_channel_nothing_happens(monkeypatch):
    use(monkeypatch, None)
    assert slack.post("x") is False


@pytest.mark.parametrize("answer", [500, 404])
def test_a_channel_that_refuses_is_a_warning_without_its_address(channel, monkeypatch, caplog, answer):
    url, _, status = channel
    status[0] = answer
    use(monkeypatch, url)
    assert slack.post("x") is False
    assert "Slack was not told" in caplog.text and "secret" not in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/secret", "no address/secret"])
def test_a_channel_that_is_not_there_is_a_warning_without_its_address(monkeypatch, caplog, url):
    use(monkeypatch, url)
    assert slack.post("x") is False
    assert "Slack was not told" in caplog.text and "secret" not in caplog.text
