#!/usr/bin/env python3
"""What it costs to watch 50 services with 200 containers at rest: memory in MB (2^20 bytes), CPU seconds a minute.

The services have four containers each and lie in five stacks. Ten of them are bench/app behind a published port and are
checked over HTTP every 5 s; the others sleep. Once all run and some time has passed, the server's processes are looked
at for a minute; before, the same server without any service. RSS counts a page that several processes share in each of
them, PSS in equal parts.

Who watches also makes the engine work, and containers cost it something by themselves: the CPU of the engine (dockerd
and its containerd) and of the whole machine is taken without services, with all of them watched, and once more after
the server has ended, while nobody watches. Swarm watches in dockerd itself and can't be told from it: the same services
run on an engine of its own, which is looked at as a whole, without them and with them. Its checks run a program in the
container. The whole machine's CPU holds everything, checks and the containers themselves too; it says
something on a machine that does nothing else.
"""

import contextlib
import os
import pathlib
import socket
import struct
import subprocess
import time

from balancer import CHECK
from harness import (
    ENGINE, Measurement, Scratch, Slipway, arguments, binary, docker, end, free_port, say, until,
)  # fmt: skip
from memory import held, pids
from rollout import build_image
from swarm_peer import PROBE, SwarmEngine

STACKS, SERVICES, CHECKED, REPLICAS = 5, 10, 2, 4  # services of each stack, and how many of them are checked
INTERVAL = 5  # seconds between two checks of a container
NAMES = {"serve": "server", "keep-edge": "the edge's keeper", "haproxy": "edge", "supervise": "supervisors"}
TICKS = os.sysconf("SC_CLK_TCK")


# What is looked at


def cpu(pid):
    """CPU seconds of a process and of those children that it has waited for."""
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(int(word) for word in words[11:15]) / TICKS


def machine_cpu():
    """CPU seconds in which the machine did anything."""
    words = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq = (int(word) for word in words[:7])
    return (user + nice + system + irq + softirq) / TICKS


def engine_pids(path):
    """The dockerd that listens on a socket, and the containerd that it started; nothing where that is not seen."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    dockerd = struct.unpack("3i", found)[0]
    if name(dockerd) != "dockerd":
        return []
    return [dockerd, *(pid for pid in children(dockerd) if name(pid) == "containerd")]


def name(pid):
    """What a process is called."""
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def children(pid):
    """The children of a process."""
    found = []
    for file in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in file.read_text().split()]
    return found


def look(groups, seconds):
    """Memory of some groups of processes, and their CPU seconds a minute over some time."""
    before = {pid: cpu(pid) for group in groups.values() for pid in group}
    machine, began = machine_cpu(), time.monotonic()
    time.sleep(seconds)
    minutes = (time.monotonic() - began) / 60
    found = {"machine, CPU": (machine_cpu() - machine) / minutes}
    for group, members in groups.items():
        parts = [held(pid) for pid in members]
        found[f"{group}, RSS"] = sum(part["Rss"] for part in parts)
        found[f"{group}, PSS"] = sum(part["Pss"] for part in parts)
        found[f"{group}, CPU"] = sum(cpu(pid) - before[pid] for pid in members) / minutes
    return found


def groups(server=None, engine=ENGINE):
    """The processes that are looked at, by what they are; an engine's too."""
    found = {NAMES[kind]: members for kind, members in (pids(server) if server else {}).items() if kind in NAMES}
    members = engine_pids(engine)
    return found | ({"engine": members} if members else {})


# What is watched


class Stack:
    """Services of one stack, brought up by `slipway up`."""

    def __init__(self, scratch, server, image, number, shape):
        self.server, self.folder = server, scratch.path / f"stack-{number}"
        self.name = f"watch-{number}-{scratch.path.name[-6:]}".lower().replace("_", "x")
        self.folder.mkdir()
        compose, rancher = [], []
        for service in range(shape.services):
            compose.append(f"s{service}:\n  image: {image}\n  init: true\n  environment: {{TERM_MODE: die}}\n")
            rancher.append(f"s{service}:\n  scale: {REPLICAS}\n")
            if service < CHECKED:
                compose[-1] += f'  ports: ["127.0.0.1:{free_port()}:{CHECK["port"]}"]\n'
                rancher[-1] += (
                    f"  health_check: {{port: {CHECK['port']}, request_line: GET {CHECK['path']} HTTP/1.0,"
                    f" interval: {INTERVAL * 1000}, response_timeout: 2000, initializing_timeout: 60000,"
                    f" healthy_threshold: 1, unhealthy_threshold: 3}}\n"
                )
            else:
                compose[-1] += "  command: [sleep, infinity]\n"
        (self.folder / "docker-compose.yml").write_text("".join(compose))
        (self.folder / "rancher-compose.yml").write_text("".join(rancher))

    def up(self):
        """Returns when all of them run; the first goes alone, and makes the network that all others ask for at once."""
        self._up("s0")
        self._up()

    def _up(self, *services):
        done = subprocess.run(
            [binary(), "up", *services, "--stack", self.name, "--batch-size", str(REPLICAS), "--json", "-d"],
            cwd=self.folder, capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL,
            env=os.environ | {"SLIPWAY_URL": self.server.url, "SLIPWAY_TOKEN": self.server.token},
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"slipway up: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def up_on_swarm(swarm, image, shape):
    """The same services on a swarm; returns when all of them run."""
    for number in range(shape.stacks * shape.services):
        words = ["--detach", "--name", f"s{number}", "--replicas", REPLICAS, "--init", "--no-resolve-image",
                 "--endpoint-mode", "dnsrr", "--env", "TERM_MODE=die"]  # fmt: skip
        if number % shape.services < CHECKED:
            probe = PROBE % (CHECK["port"], CHECK["path"])
            words += ["--publish", f"mode=host,target={CHECK['port']}", "--health-cmd", f"perl -e '{probe}'",
                      "--health-interval", f"{INTERVAL}s", "--health-retries", "3"]  # fmt: skip
            words += [image]
        else:
            words += [image, "sleep", "infinity"]
        swarm.docker("service", "create", *words)
    wanted = [f"{REPLICAS}/{REPLICAS}"] * shape.stacks * shape.services
    running = lambda: docker("-H", swarm.host, "service", "ls", "--format", "{{.Replicas}}") == wanted  # noqa: E731
    until(running, "the swarm's services", 900, 1)


def wait(options, what):
    """Lets come to rest what was just done."""
    say(f"watch: {what}: {options.rest} s of rest, {options.seconds} s of looking")
    time.sleep(options.rest)


def measure_slipway(measurement, options):
    """A server without services, with them, and its containers without it."""
    with Scratch() as scratch:
        server, image = Slipway(scratch), build_image(scratch)

        def add(state, found):
            for metric, value in found.items():
                measurement.add(state, metric, value)

        wait(options, "Slipway without services")
        add("without services", look(groups(server), options.seconds))
        stacks = [Stack(scratch, server, image, number, options) for number in range(options.stacks)]
        began = time.monotonic()
        for number, stack in enumerate(stacks, 1):
            stack.up()
            say(f"watch: {number} of {options.stacks} stacks are up")
        measurement.add("Slipway", "all up", time.monotonic() - began)
        wait(options, "Slipway watches")
        add("Slipway", look(groups(server), options.seconds))
        end(server.process)
        wait(options, "nobody watches")
        add("nobody watches", look(groups(), options.seconds))


def measure_swarm(measurement, options):
    """A swarm without services, and with them."""
    with Scratch() as scratch:
        image = build_image(scratch)
        swarm = SwarmEngine(scratch, image)

        def add(state):
            for metric, value in look(groups(engine=str(swarm.socket)), options.seconds).items():
                measurement.add(state, metric, value)

        wait(options, "Swarm without services")
        add("Swarm without services")
        began = time.monotonic()
        up_on_swarm(swarm, image, options)
        measurement.add("Swarm", "all up", time.monotonic() - began)
        wait(options, "Swarm watches")
        add("Swarm")


def main():
    parser = arguments(__doc__.splitlines()[0], runs=2)
    parser.add_argument("--rest", type=int, default=30, help="seconds before a look")
    parser.add_argument("--seconds", type=int, default=60, help="how long a look takes")
    parser.add_argument("--stacks", type=int, default=STACKS, help="stacks; a network is made for each")
    parser.add_argument("--services", type=int, default=SERVICES, help="services of each stack")
    parser.add_argument("--note", action="append", default=[], help="what is to be known of this run; may be repeated")
    options = parser.parse_args()
    measurement = Measurement("watch")
    count = options.stacks * options.services
    checked = options.stacks * min(CHECKED, options.services) * REPLICAS
    measurement.note(f"{count} services, {count * REPLICAS} containers, {checked} of them checked")
    for note in options.note:
        measurement.note(note)
    candidates = {"Slipway": measure_slipway, "Swarm": measure_swarm}
    try:
        for run in range(1, options.runs + 1):
            for who, measure in candidates.items():
                if who in options.without:
                    continue
                say(f"watch: run {run} of {options.runs}, {who}")
                try:
                    measure(measurement, options)
                except Exception as error:
                    say(f"  {who} failed in run {run}: {error!r}")
                    measurement.note(f"{who} failed in run {run}: {error}")
    finally:
        measurement.write()


if __name__ == "__main__":
    main()
