#!/usr/bin/env python3
"""50 builds that wait, four at a time: from the first order to the end of the last.

Each build checks a commit out and runs one trivial step on the host. Slipway is pushed 50 commits at once and builds
each; Buildbot has 50 builds forced over its API. Each candidate's clock starts with the order: the push, or the first
request.
"""

import time

from buildbot_peer import Buildbot
from harness import (
    PATIENCE, STAMP, Measurement, Repository, Scratch, Slipway, arguments, paired, quiet, received_at, say, seconds,
    until,
)  # fmt: skip

SLOTS = 4
FILES = {"slipway.yml": f'test:\n  steps: ["{STAMP}"]\nimage: false\n'}


def slipway(server, repository, jobs):
    """Pushes all commits at once."""

    def ended(shas):
        rows = server.api("GET", f"/apps/queue/commits?limit={min(200, jobs)}")["rows"]
        builds = [row["build"] for row in rows if row["commit"]["sha"] in shas and row.get("build")]
        return len(builds) == len(shas) and all(build.get("endedAt") for build in builds) and builds

    def measure(run):
        shas = {repository.commit(f"run {run}, commit {number}") for number in range(jobs)}
        begin = time.time()
        repository.push(server.remote("queue"), server.token)
        received = received_at(server.bare("queue"))
        builds = until(lambda: ended(shas), f"{jobs} builds", PATIENCE * 2, 0.5)
        failed = [build for build in builds if build["state"] != "succeeded"]
        if failed:
            raise RuntimeError(f"{len(failed)} builds failed: {failed[0].get('reason')}")
        last = max(seconds(build["endedAt"]) for build in builds)
        each = sorted(seconds(build["endedAt"]) - seconds(build["startedAt"]) for build in builds)
        return {
            "all done": last - begin, "from the push's end": last - received, "one build, median": each[len(each) // 2],
        }  # fmt: skip

    return measure


def buildbot(master, jobs):
    """Forces as many builds."""

    def measure(_):
        before = len(master.ended())
        begin = time.time()
        for _ in range(jobs):
            master.force("queue")
        ordered = time.time()
        ends = master.wait(before + jobs, PATIENCE * 2, 0.5)
        last = max(at for *_, at in ends[before:])
        return {"all done": last - begin, "from the last order": last - ordered}

    return measure


def main():
    parser = arguments(__doc__.splitlines()[0], runs=3)
    parser.add_argument("--jobs", type=int, default=50, help="how many wait")
    options = parser.parse_args()
    measurement = Measurement("queue_of_50")
    with Scratch() as scratch:
        say("queue_of_50: starting Slipway and Buildbot")
        server = Slipway(scratch, "--builds", str(SLOTS))
        repository = Repository(scratch.path / "queue", FILES)
        server.add_app("queue", repository)
        candidates = {"Slipway": slipway(server, repository, options.jobs)}
        if "Buildbot" not in options.without:
            master = Buildbot(scratch, {"queue": [["sh", "-c", STAMP]]}, workers=SLOTS)
            source = Repository(scratch.path / "queue-source", FILES)
            source.push(master.remote("queue"))
            # Every worker clones once before the clock runs, as Slipway has the repository too.
            for _ in range(2 * SLOTS):
                master.force("queue")
            master.wait(1 + 2 * SLOTS)
            candidates["Buildbot"] = buildbot(master, options.jobs)
        quiet()
        paired(measurement, options.runs, candidates)
    measurement.write()


if __name__ == "__main__":
    main()
