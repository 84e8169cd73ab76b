#!/usr/bin/env python3
"""How long the API and the pages take to answer, asked by one client and by eight at once.

The server has an app of 100 commits, and a deploy whose log has a million lines (49 MB). Each client is a process with
one connection that stays open, and asks again as soon as it was answered.
"""

import http.client
import multiprocessing
import signal
import time

from harness import (
    Measurement, Repository, Scratch, Slipway, arguments, git, paired, percentile, quiet, say, until,
)  # fmt: skip
from log_lines import make

COMMITS, LINES = 100, 1_000_000
PATHS = {
    "/healthz": "/healthz",
    "API, apps": "/api/v1/apps",
    "API, target with 100 commits": "/api/v1/targets/latency/production?limit=100",
    "app page": "/apps/latency",
    "target page, 100 commits": "/targets/latency/production",
    "deploy page, 49 MB log": "/deploys/1",
}
CLIENTS = (1, 8)


def prepare(scratch, server):
    """An app with commits, and a deploy with a long log."""
    command = make(LINES).replace("\\", "\\\\").replace('"', '\\"')
    files = {"slipway.yml": f'test:\n  steps: ["true"]\nimage: false\ndeploy:\n  override: ["{command}; cat lines"]\n'}
    repository = Repository(scratch.path / "latency", files)
    for number in range(2, COMMITS + 1):
        repository.commit(f"commit {number}")
    server.add_app("latency", repository)
    sha = git(repository.folder, "rev-parse", "HEAD").strip()
    deploy = server.api("POST", "/targets/latency/production/deploys", {"revision": sha})["id"]

    def ended():
        state = server.api("GET", f"/deploys/{deploy}")["deploy"]["state"]
        return state not in ("queued", "running") and state

    state = until(ended, "the deploy", 180, 0.5)
    if deploy != 1 or state != "succeeded":
        raise RuntimeError(f"deploy {deploy} {state}")


def ask(port, token, path, requests):
    """Asks again and again on one connection; returns how long each answer took, in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"}
    took = []
    for number in range(requests + 5):
        begin = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        if number >= 5:  # the first ones connect and warm up
            took.append((time.perf_counter() - begin) * 1000)
    return took


def measure(server, path, requests):
    """The answers' times for each number of clients."""
    found = {}
    for clients in CLIENTS:
        # The end of the pool is a signal, which means something else to the benchmark itself.
        with multiprocessing.Pool(clients, signal.signal, (signal.SIGTERM, signal.SIG_DFL)) as pool:
            begin = time.perf_counter()
            share = max(10, requests // clients)
            parts = pool.starmap(ask, [(server.port, server.token, path, share)] * clients)
            rate = clients * (share + 5) / (time.perf_counter() - begin)
        took = [one for part in parts for one in part]
        who = f"{clients} client{'s' if clients > 1 else ''}"
        found[f"p50 ms, {who}"] = percentile(took, 0.5)
        found[f"p99 ms, {who}"] = percentile(took, 0.99)
        found[f"requests per second, {who}"] = rate
    return found


def main():
    parser = arguments(__doc__.splitlines()[0], runs=3)
    parser.add_argument("--requests", type=int, default=400, help="requests a run to each address")
    options = parser.parse_args()
    measurement = Measurement("latency")
    with Scratch() as scratch:
        say("latency: starting Slipway, with a deploy that logs a million lines")
        server = Slipway(scratch)
        prepare(scratch, server)
        quiet()
        paired(measurement, options.runs, {
            name: (lambda _, path=path: measure(server, path, options.requests)) for name, path in PATHS.items()
        })  # fmt: skip
    measurement.write()


if __name__ == "__main__":
    main()
