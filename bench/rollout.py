#!/usr/bin/env python3
"""A rollout of three replicas, one at a time, under load: how long from the order to its end, and what failed.

All bring in a new revision of bench/app behind a HAProxy with the same settings and the same HTTP check (every 100 ms,
two successes). Beside Slipway: a raw loop of the same Engine calls, docker-compose 1.29 and Docker Swarm. The app dies
at once on SIGTERM, so whoever stops a container that still gets requests loses them.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

from balancer import CHECK, Balancer
from harness import (
    HERE, Measurement, Scratch, Slipway, arguments, binary, docker, free_port, paired, quiet, say, seconds, until,
)  # fmt: skip
from raw_loop import RawLoop
from swarm_peer import Swarm

CLIENTS = {"keep-alive": 8, "new": 4, "post": 4}
PACE = 0.05  # seconds between two requests of a client
REPLICAS, BATCH = 3, 1
CANDIDATES = ("Slipway", "raw loop", "docker-compose 1.29", "Swarm")


class SlipwayService:
    """The sample behind Slipway's edge, brought up by `slipway up`."""

    def __init__(self, scratch, server, image, replicas=REPLICAS, batch=BATCH):
        self.server, self.folder, self.batch = server, scratch.path / "web", batch
        self.stack = f"bench-{scratch.path.name[-8:]}".lower().replace("_", "-").rstrip("-")
        self.folder.mkdir()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (self.folder / "docker-compose.yml").write_text(
            f'web:\n  image: {image}\n  environment: {{REVISION: "${{REVISION}}", TERM_MODE: die}}\n'
            f'  ports: ["127.0.0.1:{port}:{CHECK["port"]}"]\n'
        )
        (self.folder / "rancher-compose.yml").write_text(
            f"web:\n  scale: {replicas}\n  upgrade_strategy: {{start_first: true}}\n"
            f"  health_check: {{port: {CHECK['port']}, request_line: GET {CHECK['path']} HTTP/1.0,"
            f" interval: {CHECK['interval']}, response_timeout: 2000, initializing_timeout: 60000,"
            f" healthy_threshold: {CHECK['threshold']}, unhealthy_threshold: 3}}\n"
        )
        self.roll_out(0)

    def roll_out(self, revision):
        """Runs the command; what Slipway recorded of the rollout itself is told apart."""
        begin = time.time()
        done = subprocess.run(
            [binary(), "up", "web", "--stack", self.stack, "--upgrade", "--batch-size", str(self.batch), "--json",
             "-d"],
            cwd=self.folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
            env=os.environ | {"SLIPWAY_URL": self.server.url, "SLIPWAY_TOKEN": self.server.token,
                              "REVISION": f"r{revision}"},
        )  # fmt: skip
        end = time.time()
        if done.returncode != 0:
            raise RuntimeError(f"slipway up: {done.stdout}{done.stderr}")
        rollout = self.server.api("GET", f"/rollouts/{last_rollout(done.stdout)}")
        if rollout["state"] != "done":
            raise RuntimeError(f"the rollout is {rollout['state']}: {rollout.get('reason')}")
        queued, ended = seconds(rollout["queuedAt"]), seconds(rollout["endedAt"])
        self.log = [(seconds(entry["at"]) - queued, entry["text"]) for entry in rollout["log"]]
        return {"done": end - begin, "the rollout": ended - queued} | parts(self.log)


# What a line of a rollout's log says has just been done.
PARTS = {
    "created": "create", "started": "start", "takes requests": "healthy, in the balancer",
    "takes no new requests": "drain", "stopped": "drained, out, stopped", "removed": "remove parked",
}  # fmt: skip


def parts(log):
    """What each kind of act took in all, by the times in the rollout's log. Acts of a batch overlap: each has the time from
    the end of the one before it."""
    took, before = {}, 0
    for at, text in sorted(log):
        name = next((name for words, name in PARTS.items() if words in text), "begin and end")
        took[f"of it, {name}"] = took.get(f"of it, {name}", 0) + at - before
        before = at
    return took


def last_rollout(text):
    """The rollout's number in what `slipway up --json` printed."""
    found = []

    def look(value):
        if isinstance(value, dict):
            found.extend(number for key, number in value.items() if key == "rolloutID" and number)
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(json.loads(text))
    if not found:
        raise RuntimeError(f"slipway up began no rollout: {text[:500]}")
    return found[-1]


class Compose:
    """docker-compose 1.29 with a published port for each container, and a HAProxy that checks each.

    It knows no batch: it replaces all that there are.
    """

    def __init__(self, scratch, image, replicas=REPLICAS):
        self.folder = scratch.path / "compose"
        self.folder.mkdir()
        self.project = f"compose{scratch.path.name[-8:]}".lower().replace("_", "")
        base = self._free_range(replicas)
        self.ports = range(base, base + replicas)
        (self.folder / "docker-compose.yml").write_text(
            f'version: "2.4"\nservices:\n  web:\n    image: {image}\n    scale: {replicas}\n    init: true\n'
            '    environment: {REVISION: "${REVISION}", TERM_MODE: die}\n    restart: unless-stopped\n'
            f'    ports: ["127.0.0.1:{base}-{base + replicas - 1}:{CHECK["port"]}"]\n'
        )
        scratch.callback(self._command, 0, "down", "-t", "1", check=False)
        self.balancer = Balancer(scratch, "compose-haproxy", {f"s{p}": f"127.0.0.1:{p}" for p in self.ports}, fall=1)
        self.url = self.balancer.url
        self.roll_out(0)

    def _free_range(self, replicas):
        while True:
            base = free_port()
            if base < 60000 and all(self._is_free(base + offset) for offset in range(replicas)):
                return base

    def _is_free(self, port):
        listening = pathlib.Path("/proc/net/tcp").read_text()
        return f":{port:04X} 00000000:0000 0A" not in listening

    def _command(self, revision, *words, check=True):
        done = subprocess.run(
            [HERE / ".venv/bin/docker-compose", "-p", self.project, *words], cwd=self.folder, capture_output=True,
            text=True, timeout=300, check=False,
            env=os.environ | {"REVISION": f"r{revision}", "COMPOSE_HTTP_TIMEOUT": "300"},
        )  # fmt: skip
        if check and done.returncode != 0:
            raise RuntimeError(f"docker-compose: {done.stderr.strip()[-500:]}")

    def _serves(self, revision):
        for port in self.ports:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1) as answer:
                    if json.load(answer)["revision"] != f"r{revision}":
                        return False
            except (OSError, ValueError):
                return False
        return True

    def roll_out(self, revision):
        """Done when the command has returned and every container answers with the new revision."""
        begin = time.time()
        self._command(revision, "up", "-d")
        until(lambda: self._serves(revision), "docker-compose's containers", 120, 0.02)
        return {"done": time.time() - begin}


class Load:
    """bench/load.py for the time of one rollout."""

    def __init__(self, scratch, url, slow=0):
        self.folder = scratch.path / f"load-{time.monotonic_ns()}"
        self.folder.mkdir()
        clients = CLIENTS | ({"slow": slow} if slow else {})
        words = [word for name, count in clients.items() for word in (f"--{name}", str(count))]
        self.process = scratch.run(
            [sys.executable, HERE / "load.py", "--url", url, "--pace", str(PACE), "--json", self.folder / "json",
             "--until", self.folder / "stop", "--marks", self.folder / "marks", "--seconds", "240", *words],
            "load",
        )  # fmt: skip

    def mark(self, what):
        with (self.folder / "marks").open("a") as file:
            file.write(f"{what} {time.time()}\n")

    def end(self):
        """What it measured."""
        (self.folder / "stop").touch()
        self.process.wait(60)
        return json.loads((self.folder / "json").read_text())


def candidate(scratch, service, rehearsals):
    """A function that rolls one revision out under load and returns what was seen."""

    def measure(run, slow=0):
        wake(service)
        try:
            return once(run, slow)
        finally:
            rest(service)

    def once(run, slow):
        load = Load(scratch, service.url, slow)
        time.sleep(1)
        load.mark("begin")
        try:
            result = service.roll_out(rehearsals + run)
        finally:
            load.mark("end")
            time.sleep(1)
            seen = load.end()
        inside = [series["in"] for series in seen["classes"].values()]
        result["failed"] = seen["failed"]
        result["requests in it"] = sum(part["requests"] for part in inside)
        if not slow:
            result["p99 ms in it"] = max(part["p99_ms"] or 0 for part in inside)
            return result
        return {"failed with 800 ms requests": seen["failed"]}

    return measure


def build_image(scratch):
    """The sample's image; removed at the end."""
    name = f"slipway-bench/web:{scratch.path.name[-8:].lower()}"
    docker("build", "-q", "-t", name, str(HERE / "app"), check=True)
    scratch.callback(docker, "rmi", "-f", name)
    return name


def bring_up(scratch, image, measurement, without, replicas=REPLICAS, batch=BATCH):
    """Brings the sample up with each candidate and rolls it out once; returns the services, by candidate.

    That rollout is a rehearsal: what comes after finds everything warm.
    """
    makers = {
        "Slipway": lambda: SlipwayService(scratch, Slipway(scratch), image, replicas, batch),
        "raw loop": lambda: RawLoop(scratch, image, replicas, batch),
        "docker-compose 1.29": lambda: Compose(scratch, image, replicas),
        "Swarm": lambda: Swarm(scratch, image, replicas, batch),
    }
    services = {}
    for name in CANDIDATES:
        if name in without:
            continue
        say(f"{measurement.name}: bringing up {name}, {replicas} containers")
        try:
            service = makers[name]()
            service.roll_out(1)
            rest(service)
            services[name] = service
        except Exception as error:
            say(f"  {name} can't be measured: {error!r}")
            measurement.note(f"{name} can't be measured with {replicas} containers: {error}")
    return services


def wake(service):
    """Lets a service run that rests while others are measured."""
    if hasattr(service, "wake"):
        service.wake()


def rest(service):
    """Lets a service rest that would cost others a good part of the machine."""
    if hasattr(service, "rest"):
        service.rest()


def main():
    parser = arguments(__doc__.splitlines()[0], runs=7)
    parser.add_argument("--log", action="store_true", help="print the log of Slipway's last rollout")
    options = parser.parse_args()
    measurement = Measurement("rollout")
    with Scratch() as scratch:
        services = bring_up(scratch, build_image(scratch), measurement, options.without)
        candidates = {name: candidate(scratch, service, 1) for name, service in services.items()}
        quiet()
        paired(measurement, options.runs, candidates)
        if options.log and "Slipway" in services:
            for at, text in services["Slipway"].log:
                print(f"{at:8.3f} {text}")
        paired(measurement, 1, {
            name: (lambda run, measure=measure: measure(options.runs + run, slow=4))
            for name, measure in candidates.items()
        })  # fmt: skip
    measurement.write()


if __name__ == "__main__":
    main()
