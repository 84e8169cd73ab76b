#!/usr/bin/env python3
"""Log lines per second, from a step on the host and from a container, until the log is complete in the API.

The step writes numbered lines of 48 characters that lie ready in a file. The clock starts with the time stamp that the step
prints before them, and stops when the API has delivered the last byte and said that it is the last. Every line is then
compared with what was written.
"""

import http.client
import re
import subprocess
import time

from buildbot_peer import Buildbot
from harness import (
    IMAGE, PATIENCE, STAMP, Measurement, Repository, Scratch, Slipway, arguments, first_stamp, paired, quiet, say,
    until,
)  # fmt: skip

TEXT = "the quick brown fox jumps over the lazy"
STEP = f"{STAMP}; cat lines"


def make(count):
    """A command that writes the numbered lines into a file."""
    return f"""perl -e 'printf "%08d {TEXT}\\n", $_ for 1..{count}' > lines"""


def written(count):
    """What the file holds."""
    return "".join(f"{number:08d} {TEXT}\n" for number in range(1, count + 1)).encode()


def configuration(count, image=None):
    """A slipway.yml whose last step prints the lines."""
    name = f"  image: {image}\n" if image else ""
    quoted = make(count).replace("\\", "\\\\").replace('"', '\\"')
    return {"slipway.yml": f'test:\n{name}  steps:\n    - "{quoted}"\n    - "{STEP}"\nimage: false\n'}


def compare(log, count):
    """Fails unless the log is the stamp and then the lines, each once, in order, to the byte."""
    body = log.replace(b"\r\n", b"\n")
    body = body[body.index(b"\n") + 1 :]
    expected = written(count)
    if body != expected:
        got = body.split(b"\n")
        for number, (left, right) in enumerate(zip(got, expected.split(b"\n")), 1):
            if left != right:
                raise RuntimeError(f"line {number} of the log is {left[:80]!r}")
        raise RuntimeError(f"the log has {len(got)} lines")


def follow(server, build, step):
    """Reads the log as it grows, to its end; returns it and when it was complete."""
    log, offset = [], 0
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request(
            "GET", f"/api/v1/builds/{build}/steps/{step}/log?offset={offset}&follow=1",
            headers={"Authorization": f"Bearer {server.token}"},
        )  # fmt: skip
        answer = connection.getresponse()
        while piece := answer.read1(1 << 20):
            log.append(piece)
            offset += len(piece)
        connection.close()
        # A stream's trailers are lost on Python's client: another look at the end says whether it was the end.
        if answer.status == 204 or answer.headers.get("Slipway-Log") == "complete":
            return b"".join(log), time.time()


def slipway(server, app, repository, count):
    """Builds a commit whose step prints the lines, with a reader that follows."""

    def build(sha):
        for row in server.api("GET", f"/apps/{app}/commits?limit=2")["rows"]:
            if row["commit"]["sha"] == sha and row.get("build"):
                view = server.api("GET", f"/builds/{row['build']['id']}")
                if view["steps"] and view["steps"][-1]["state"] != "waiting":
                    return view
        return None

    def measure(run):
        sha = repository.commit(f"run {run}")
        repository.push(server.remote(app), server.token)
        view = until(lambda: build(sha), "the step", interval=0.02)
        log, end = follow(server, view["build"]["id"], view["steps"][-1]["index"])
        compare(log, count)
        server.build_of(app, sha)
        took = end - first_stamp(log)
        return {"lines per second": count / took, "MB per second": len(log) / 1e6 / took}

    return measure


def buildbot(master, repository, count):
    """The same with Buildbot, whose log is asked for when the build has ended."""

    def measure(run):
        before = len(master.ended())
        repository.commit(f"run {run}")
        repository.push(master.remote("lines"))
        builder, number, *_ = master.wait(before + 1, PATIENCE * 2, 0.02)[-1]
        path = f"/builders/{builder}/builds/{number}/steps/3/logs/stdio"
        until(lambda: master.api("GET", path)["logs"][0]["complete"], "Buildbot's log", interval=0.02)
        end = time.time()
        log = master.step_log(builder, number, 3)
        begin = re.search(rb"(?m)^\d{10}\.\d{9}$", log).start()
        compare(log[begin : log.index(b"program finished", begin)], count)
        return {"lines per second": count / (end - first_stamp(log[begin:]))}

    return measure


def terminal(folder, count):
    """The floor: the same through a pseudo-terminal of script(1) into a file."""
    subprocess.run(make(count), shell=True, check=True, cwd=folder)

    def measure(_):
        begin = time.time()
        subprocess.run(["script", "-q", "-e", "-c", "cat lines", "terminal.log"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True, cwd=folder)  # fmt: skip
        return {"lines per second": count / (time.time() - begin)}

    return measure


def main():
    parser = arguments(__doc__.splitlines()[0], runs=3)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines that Slipway's steps print")
    parser.add_argument("--buildbot-lines", type=int, default=100_000, help="lines that Buildbot's step prints")
    options = parser.parse_args()
    measurement = Measurement("log_lines")
    with Scratch() as scratch:
        say("log_lines: starting Slipway and Buildbot")
        server = Slipway(scratch)
        candidates = {}
        for name, image in (("script", None), ("container", IMAGE)):
            # The first build is a small one, so that each run finds everything warm.
            repository = Repository(scratch.path / name, configuration(100, image))
            server.add_app(name, repository)
            repository.commit("many lines", configuration(options.lines, image))
            candidates[f"Slipway, {name}"] = slipway(server, name, repository, options.lines)
        if "Buildbot" not in options.without:
            count = options.buildbot_lines
            master = Buildbot(scratch, {"lines": [["sh", "-c", make(count)], ["sh", "-c", STEP]]})
            candidates["Buildbot"] = buildbot(master, Repository(scratch.path / "source", {"a": "b"}), count)
        candidates["script(1)"] = terminal(scratch.path, options.lines)
        quiet()
        paired(measurement, options.runs, candidates)
        counts = f"{options.lines:,} lines of 48 characters (Buildbot: {options.buildbot_lines:,})"
        measurement.note(f"{counts}; every log that counts was complete and in order, to the byte")
    measurement.write()


if __name__ == "__main__":
    main()
