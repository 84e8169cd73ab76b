"""Buildbot, from PyPI, as its documentation sets it up: a master, local workers, pushes told by its change hook."""

import http.client
import json
import os
import subprocess

from harness import HERE, JSONService, free_port, git, until

VENV = HERE / ".venv/bin"


class Buildbot:
    """A master and workers.

    `builders` maps a name to its steps, each a list of words. A builder checks the repository out and runs them. A push
    to the bare repository `remote(name)` starts the builder of that name: its post-receive hook posts to the change
    hook, the fastest way in that Buildbot has. The end of every build is written down by the master itself.
    """

    def __init__(self, scratch, builders, workers=1):
        self.path = scratch.path / "buildbot"
        self.ends = self.path / "ends"
        self.port, self.worker_port = free_port(), free_port()
        self.path.mkdir()
        for name in builders:
            self._make_remote(name)
        settings = {
            "port": self.port, "worker_port": self.worker_port, "workers": workers, "builders": builders,
            "remotes": {name: str(self.remote(name)) for name in builders}, "ends": str(self.ends),
        }  # fmt: skip
        self._tool("buildbot", "create-master", "--relocatable", self.path / "master")
        (self.path / "master/bench.json").write_text(json.dumps(settings))
        (self.path / "master/master.cfg").write_text((HERE / "buildbot.cfg.py").read_text())
        environment = os.environ | {"BUILDBOT_TEST_PASSWORD": ""}
        self.master = scratch.run(
            [VENV / "twistd", "--nodaemon", "--no_save", "--pidfile=", f"--python={self.path}/master/buildbot.tac"],
            "buildbot-master", cwd=self.path / "master", env=environment,
        )  # fmt: skip
        self._log = scratch.path / "buildbot-master.log"
        self.workers = [self._start_worker(scratch, number) for number in range(workers)]
        self._call = JSONService(lambda: http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        until(self._is_ready, "Buildbot and its workers", 90, 0.2)

    def _tool(self, name, *words):
        subprocess.run([VENV / name, *map(str, words)], check=True, capture_output=True)

    def _make_remote(self, name):
        remote = self.remote(name)
        git(self.path, "init", "-q", "--bare", "-b", "main", str(remote))
        hook = remote / "hooks/post-receive"
        hook.write_text(
            "#!/bin/sh\nread -r old new ref\n"
            f"exec curl -s -o /dev/null --data repository={remote} --data branch=main --data author=ann"
            f" --data comments=push --data revision=$new http://127.0.0.1:{self.port}/change_hook/base\n"
        )
        hook.chmod(0o755)

    def _start_worker(self, scratch, number):
        folder = self.path / f"worker-{number}"
        address = f"127.0.0.1:{self.worker_port}"
        self._tool("buildbot-worker", "create-worker", "--relocatable", folder, address, f"worker-{number}", "secret")
        return scratch.run(
            [VENV / "twistd", "--nodaemon", "--no_save", "--pidfile=", f"--python={folder}/buildbot.tac"],
            f"buildbot-worker-{number}", cwd=folder,
        )  # fmt: skip

    def _is_ready(self):
        if self.master.poll() is not None:
            raise RuntimeError(f"Buildbot ended:\n{self._log.read_text()[-2000:]}")
        try:
            workers = self.api("GET", "/workers")["workers"]
        except (OSError, RuntimeError, json.JSONDecodeError):
            return False
        return len([one for one in workers if one["connected_to"]]) == len(self.workers)

    def api(self, method, path, body=None, **options):
        """Calls the REST API."""
        return self._call(method, f"/api/v2{path}", body, **options)

    def remote(self, name):
        """The bare repository of a builder."""
        return self.path / f"{name}.git"

    def ended(self):
        """The builds that have ended: id of the builder, number, result (0 is success), and when."""
        if not self.ends.exists():
            return []
        rows = [line.split() for line in self.ends.read_text().splitlines()]
        return [(name, int(number), int(result), float(at)) for name, number, result, at in rows]

    def wait(self, count, seconds=120, interval=0.1):
        """Waits until so many builds have ended in all; returns them. One that failed is an error."""
        ends = until(lambda: (found := self.ended()) and len(found) >= count and found, "Buildbot's builds", seconds,
                     interval)  # fmt: skip
        failed = [end for end in ends if end[2] != 0]
        if failed:
            raise RuntimeError(f"builds of Buildbot failed: {failed}")
        return ends

    def step_log(self, builder, number, step):
        """The output of a build's step, the first being 0 (the checkout)."""
        path = f"/builders/{builder}/builds/{number}/steps/{step}/logs/stdio"
        return self.api("GET", f"{path}/raw_inline", raw=True)

    def force(self, builder):
        """Queues a build."""
        body = {"jsonrpc": "2.0", "method": "force", "id": 1, "params": {"builderNames": [builder]}}
        self.api("POST", f"/forceschedulers/force-{builder}", body)
