#!/usr/bin/env python3
"""How much memory the server and its supervisors hold, in MB (2^20 bytes).

Idle is 60 seconds after the last thing happened, with one app and one service of three containers that run. Then four
steps run at a time, which shows what a supervisor holds, and 60 seconds after their end the server is looked at again.
RSS counts a page that several processes share in each of them, PSS in equal parts.
"""

import contextlib
import pathlib
import re
import time

from buildbot_peer import Buildbot
from harness import Measurement, Repository, Scratch, Slipway, arguments, processes, say, until
from rollout import SlipwayService, build_image

SLOTS = 4
KINDS = ("haproxy", "docker-registry", "serve", "supervise", "keep-edge")


def held(pid):
    """RSS and PSS of a process."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(re.search(rf"(?m)^{name}:\s*(\d+) kB", text)[1]) / 1024 for name in ("Rss", "Pss")}


def pids(server):
    """The processes of a server, by what they are."""
    found = {}
    for pid in processes(f"{server.data}"):
        with contextlib.suppress(OSError):
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            kinds = [pathlib.Path(word.decode()).name for word in words[:2]]
            kind = next((kind for kind in kinds if kind in KINDS), None)
            if kind:
                found.setdefault(kind, []).append(pid)
    return found


def by_program(server):
    """What the processes of a server hold, by what they are."""
    found = {}
    for kind, ones in pids(server).items():
        for pid in ones:
            with contextlib.suppress(OSError):
                found.setdefault(kind, []).append(held(pid))
    return found


def add(measurement, name, parts):
    """Records the sum over some processes."""
    measurement.add(name, "RSS", sum(part["Rss"] for part in parts))
    measurement.add(name, "PSS", sum(part["Pss"] for part in parts))


def wait(seconds, what):
    """Lets time pass, and says so."""
    say(f"memory: {what}, {seconds} s")
    time.sleep(seconds)


def main():
    parser = arguments(__doc__.splitlines()[0], runs=2)
    parser.add_argument("--idle", type=int, default=60, help="seconds before a look")
    options = parser.parse_args()
    measurement = Measurement("memory")
    for run in range(1, options.runs + 1):
        with Scratch() as scratch:
            say(f"memory: run {run} of {options.runs}")
            server = Slipway(scratch, "--builds", str(SLOTS))
            image = build_image(scratch)
            app = Repository(scratch.path / "app", {"slipway.yml": 'test:\n  steps: ["true"]\nimage: false\n'})
            server.add_app("app", app)
            service = SlipwayService(scratch, server, image)
            service.roll_out(1)
            buildbot = None
            if "Buildbot" not in options.without:
                buildbot = Buildbot(scratch, {"app": [["true"]]})
                Repository(scratch.path / "source", {"a": "b"}).push(buildbot.remote("app"))
                buildbot.wait(1)
            wait(options.idle, "idle")
            found = by_program(server)
            add(measurement, "server, idle", found["serve"])
            add(measurement, "edge (HAProxy)", found.get("haproxy", []))
            if "keep-edge" in found:
                add(measurement, "the edge's keeper", found["keep-edge"])
            add(measurement, "registry", found.get("docker-registry", []))
            if buildbot:
                add(measurement, "Buildbot master, idle", [held(buildbot.master.pid)])
                add(measurement, "Buildbot worker, idle", [held(buildbot.workers[0].pid)])
            app.commit("slow", {"slipway.yml": 'test:\n  steps: ["sleep 20"]\nimage: false\n'})
            shas = [app.commit(f"slow {number}") for number in range(SLOTS - 1)]
            app.push(server.remote("app"), server.token)
            supervisors = lambda: by_program(server).get("supervise", [])  # noqa: B023, E731
            until(lambda: len(supervisors()) == SLOTS, "four steps", interval=0.5)  # noqa: B023
            time.sleep(5)
            found = by_program(server)
            for one in found["supervise"]:
                add(measurement, "supervisor, each", [one])
            add(measurement, "server, four steps running", found["serve"])
            server.build_of("app", shas[-1])
            wait(options.idle, "idle again")
            add(measurement, "server, idle again", by_program(server)["serve"])
    measurement.write()


if __name__ == "__main__":
    main()
