#!/usr/bin/env python3
"""From a push to the first line of the first step, and to the end of the build.

A run pushes one commit to each candidate. The clock starts when the ref was written, the last that `git receive-pack`
does before it ends, and stops at the time that the commit's first command prints of itself; each candidate has checked
the commit out by then.
"""

import pathlib
import subprocess
import time

from buildbot_peer import Buildbot
from harness import (
    IMAGE, STAMP, Measurement, Repository, Scratch, Slipway, arguments, engine_api, first_stamp, git, paired, quiet,
    received_at, say, seconds,
)  # fmt: skip

HOST = {"slipway.yml": f'test:\n  steps: ["{STAMP}"]\nimage: false\n'}
CONTAINER = {"slipway.yml": f'test:\n  image: {IMAGE}\n  steps: ["{STAMP}"]\nimage: false\n'}


def slipway(server, app, repository):
    """Pushes to Slipway."""

    def measure(run):
        sha = repository.commit(f"run {run}")
        repository.push(server.remote(app), server.token)
        begin = received_at(server.bare(app))
        time.sleep(0.8)  # asking while it works would slow it down
        view = server.build_of(app, sha)
        step = view["steps"][-1]["index"]
        stamp = first_stamp(server.step_log(f"builds/{view['build']['id']}", step))
        result = {"first line": stamp - begin, "done": seconds(view["build"]["endedAt"]) - begin}
        # Where the time goes, by what Slipway itself recorded.
        result["of it, until queued"] = seconds(view["build"]["queuedAt"]) - begin
        result["of it, until the build started"] = seconds(view["build"]["startedAt"]) - begin
        for step in view["steps"]:
            name = step["name"] if step is not view["steps"][-1] else "step"
            result[f"of it, {name} began"] = seconds(step["startedAt"]) - begin
            result[f"of it, {name} ended"] = seconds(step["endedAt"]) - begin
        return result

    return measure


def buildbot(master, name, repository):
    """Pushes to a bare repository whose hook tells Buildbot."""

    def measure(run):
        before = len(master.ended())
        repository.commit(f"run {run}")
        repository.push(master.remote(name))
        begin = received_at(master.remote(name))
        builder, number, _, at = master.wait(before + 1)[-1]
        return {"first line": first_stamp(master.step_log(builder, number, 2)) - begin, "done": at - begin}

    return measure


def hook(folder, repository):
    """The least there can be: a post-receive hook that checks out and runs the step."""
    bare, work = folder / "hook.git", folder / "hook-work"
    work.mkdir()
    git(folder, "init", "-q", "--bare", "-b", "main", str(bare))
    script = bare / "hooks/post-receive"
    script.write_text(f"#!/bin/sh\ngit --work-tree={work} checkout -q -f main && sh -c '{STAMP}' > {folder}/hook-log\n")
    script.chmod(0o755)

    def measure(run):
        repository.commit(f"hook {run}")
        repository.push(bare)
        return {"first line": first_stamp((folder / "hook-log").read_bytes()) - received_at(bare)}

    return measure


def raw_container():
    """Create, start, wait, logs: the Engine's API and nothing else. The clock starts before the first call."""
    engine = engine_api()

    def measure(_):
        begin = time.time()
        body = {"Image": IMAGE, "Cmd": ["sh", "-c", STAMP], "Tty": True}
        container = engine("POST", "/containers/create", body)["Id"]
        try:
            engine("POST", f"/containers/{container}/start")
            engine("POST", f"/containers/{container}/wait")
            log = engine("GET", f"/containers/{container}/logs?stdout=1", raw=True)
        finally:
            engine("DELETE", f"/containers/{container}?force=1&v=1")
        return {"first line": first_stamp(log) - begin}

    return measure


def docker_run(_):
    """The same through the docker command."""
    begin = time.time()
    done = subprocess.run(["docker", "run", "--rm", IMAGE, "sh", "-c", STAMP], capture_output=True, check=True)
    return {"first line": first_stamp(done.stdout) - begin}


def main():
    options = arguments(__doc__.splitlines()[0], runs=15).parse_args()
    measurement = Measurement("first_step")
    with Scratch() as scratch:
        say("first_step: starting Slipway and Buildbot")
        server = Slipway(scratch)
        folder = pathlib.Path(scratch.path)
        names = ("host", "buildbot-host", "buildbot-container")
        repositories = {name: Repository(folder / name, HOST) for name in names}
        repositories["container"] = Repository(folder / "container", CONTAINER)
        for name in ("host", "container"):
            server.add_app(name, repositories[name])
        candidates = {
            "Slipway, host": slipway(server, "host", repositories["host"]),
            "Slipway, container": slipway(server, "container", repositories["container"]),
            "hook, host": hook(folder, repositories["host"]),
            "raw container": raw_container(),
            "docker run": docker_run,
        }
        if "Buildbot" not in options.without:
            run = ["docker", "run", "--rm", IMAGE, "sh", "-c", STAMP]
            master = Buildbot(scratch, {"host": [["sh", "-c", STAMP]], "container": [run]})
            for name in ("host", "container"):
                repository = repositories[f"buildbot-{name}"]
                before = len(master.ended())
                repository.push(master.remote(name))
                master.wait(before + 1)
                candidates[f"Buildbot, {name}"] = buildbot(master, name, repository)
        quiet()
        paired(measurement, options.runs, candidates)
    measurement.write()


if __name__ == "__main__":
    main()
