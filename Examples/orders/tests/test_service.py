"""The service as a process, as it runs in a container."""

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from orders import database


@pytest.fixture
def service(fresh):
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "orders"], env=os.environ | {"PORT": str(port)})
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{url}/health", timeout=5)
                break
            assert process.poll() is None and time.monotonic() < deadline, "the service did not start"
            time.sleep(0.1)
        yield process, url
    finally:
        process.kill()
        process.wait()


def test_the_service_migrates_at_its_start(service):
    _, url = service
    with urllib.request.urlopen(f"{url}/health") as answer:
        assert json.load(answer)["schema"] == "0002_index_orders_by_customer"


def test_an_open_request_is_answered_after_term(service):
    process, url = service
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with database.connection() as connection, connection.cursor() as cursor:
            cursor.execute("LOCK TABLE orders")  # holds the request up until this transaction ends
            answer = pool.submit(lambda: urllib.request.urlopen(f"{url}/orders", timeout=30).status)
            while not waiting_for_lock():
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
        assert answer.result() == 200
    assert process.wait(30) == 0


def waiting_for_lock():
    with database.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()["waiting"] > 0
