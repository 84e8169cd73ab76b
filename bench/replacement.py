#!/usr/bin/env python3
"""From a container's death to its replacement serving: the first answer of a container that was not there before.

bench/app behind a HAProxy with the same check for all (rollout.py), once alone and once as one of three. It dies in
three ways: its main process is killed, as the kernel does when memory ends (crash), by `docker kill`, and by
`docker rm -f`. The time runs from just before that to the first answer through the HAProxy that comes from the
replacement: another container, or the same one started again. Four clients ask every few milliseconds over new
connections, and give up after 100 ms. Whoever dies has run for 11 seconds, so that Docker's pause before a start again
is at its shortest.

Beside Slipway: Docker's own restart policy (`docker run --restart always`), docker-compose 1.29 with such a policy, and
Swarm, whose own pause of 5 s before a new task is set to none. The policy takes what somebody kills by hand as wanted,
and starts nothing again: those two know only crashes. Their containers have published ports, for one that is started
again may have another address.
"""

import contextlib
import datetime
import http.client
import json
import os
import pathlib
import signal
import threading
import time
import urllib.parse

from balancer import CHECK, Balancer
from harness import (
    ENGINE, Measurement, Scratch, arguments, docker, engine_api, free_port, paired, quiet, say, until,
)  # fmt: skip
from rollout import bring_up, build_image, rest, wake

POLICY = "Docker's restart policy"
SIZES = {3: "one of 3", 1: "alone"}
CLIENTS, PAUSE, TIMEOUT = 4, 0.008, 0.1
AGE = 11  # seconds


class Policy:
    """Containers that the engine starts again, with published ports and a HAProxy that checks each."""

    def __init__(self, scratch, image, replicas):
        self.name = f"policy-{scratch.path.name[-8:]}"
        ports = [free_port() for _ in range(replicas)]
        scratch.callback(self._clear)
        self.balancer = Balancer(scratch, "policy-haproxy", {f"s{port}": f"127.0.0.1:{port}" for port in ports}, fall=1)
        self.url = self.balancer.url
        for port in ports:
            docker("run", "--detach", "--init", "--restart", "always", "--label", self.name, "--env", "TERM_MODE=die",
                   "--publish", f"127.0.0.1:{port}:{CHECK['port']}", image, check=True)  # fmt: skip

    def _clear(self):
        docker("rm", "-fv", *docker("ps", "-aq", "--filter", f"label={self.name}"))


class Containers:
    """A service's containers that run, as their engine tells of them."""

    def __init__(self, name, service):
        self.engine = engine_api(str(service.socket) if name == "Swarm" else ENGINE)
        if name == "Slipway":
            instance = (service.server.data / "keys/instance").read_text().strip()
            labels = [f"dev.slipway.instance={instance}", "dev.slipway.service=web"]
        elif name == "Swarm":
            labels = ["com.docker.swarm.service.name=web"]
        else:
            labels = [service.name if name == POLICY else f"com.docker.compose.project={service.project}"]
        filters = json.dumps({"label": labels, "status": ["running"]})
        self._path = f"/containers/json?filters={urllib.parse.quote(filters)}"

    def __call__(self):
        """All that run, the oldest first."""
        found = []
        for row in self.engine("GET", self._path):
            with contextlib.suppress(RuntimeError):  # it went meanwhile
                found.append(self.engine("GET", f"/containers/{row['Id']}/json"))
        return sorted(found, key=lambda one: one["State"]["StartedAt"])


def age(container):
    """Seconds since it was started."""
    text = container["State"]["StartedAt"][:19] + "+00:00"
    return time.time() - datetime.datetime.fromisoformat(text).timestamp()


def crash(_, container):
    """Kills the main process, which the engine knows nothing of."""
    os.kill(container["State"]["Pid"], signal.SIGKILL)


def kill(engine, container):
    """What `docker kill` does."""
    engine("POST", f"/containers/{container['Id']}/kill")


def remove(engine, container):
    """What `docker rm -f` does."""
    engine("DELETE", f"/containers/{container['Id']}?force=1&v=1")


DEATHS = {"crash": crash, "docker kill": kill, "docker rm -f": remove}


def is_alive(pid):
    """Whether a process runs; one that nobody has waited for does not."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    return False


class Watch:
    """Clients that ask until the replacement answers."""

    def __init__(self, url, victim, before):
        self.address = urllib.parse.urlsplit(url).netloc
        self.victim, self.pid = victim["Config"]["Hostname"], victim["State"]["Pid"]
        self.before = {one["Config"]["Hostname"] for one in before}
        self.seen = threading.Event()
        self.at = None
        self.threads = [threading.Thread(target=self._ask, args=(number,), daemon=True) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _ask(self, number):
        self.seen.wait(PAUSE * number / CLIENTS)
        while not self.seen.wait(PAUSE):
            is_dead = not is_alive(self.pid)
            connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                connection.request("GET", "/")
                answer = connection.getresponse()
                name = json.loads(answer.read())["hostname"] if answer.status == 200 else None
                now = time.time()
                if name and (name not in self.before or (is_dead and name == self.victim)):
                    self.at = min(self.at or now, now)
                    self.seen.set()
            connection.close()

    def end(self, seconds=60):
        """When the replacement answered first."""
        came = self.seen.wait(seconds)
        self.seen.set()
        for thread in self.threads:
            thread.join()
        if not came:
            raise TimeoutError(f"no replacement served within {seconds} s")
        return self.at


def candidate(name, service, replicas):
    """A function that lets the oldest container die in each way, and returns how long its replacement took."""
    containers = Containers(name, service)
    deaths = DEATHS if name in ("Slipway", "Swarm") else {"crash": crash}

    def all_run():
        found = containers()
        return found if len(found) == replicas and age(found[0]) > AGE else None

    def measure(_):
        wake(service)
        try:
            return {death: once(act) for death, act in deaths.items()}
        finally:
            rest(service)

    def once(act):
        before = until(all_run, "containers that have run for a while", interval=0.2)
        watch = Watch(service.url, before[0], before)
        begin = time.time()
        try:
            act(containers.engine, before[0])
        finally:
            at = watch.end()
        return at - begin

    return measure


def main():
    parser = arguments(__doc__.splitlines()[0], runs=5)
    parser.add_argument("--size", type=int, action="append", choices=SIZES, help="one of the sizes; may be repeated")
    options = parser.parse_args()
    measurement = Measurement("replacement")
    try:
        for size in options.size or SIZES:
            with Scratch() as scratch:
                image = build_image(scratch)
                services = bring_up(scratch, image, measurement, [*options.without, "raw loop"], size)
                if POLICY not in options.without:
                    say(f"replacement: bringing up {POLICY}, {size} containers")
                    services[POLICY] = Policy(scratch, image, size)
                quiet()
                paired(measurement, options.runs, {
                    f"{name}, {SIZES[size]}": candidate(name, service, size)
                    for name, service in services.items()
                })  # fmt: skip
    finally:
        measurement.write()


if __name__ == "__main__":
    main()
