#!/usr/bin/env python3
"""Upgrades of a service under constant load: how many requests fail, and what they take in and out of upgrades.

The built server, the web application in bench/app, three containers behind the edge, and load.py on the published port.
Each upgrade deploys another commit; together they go through batches of 1 and 2, start-first and stop-first, and what
the application does on TERM: finish what is open, die at once, ignore it. No request may fail. A WebSocket lives as
long as its container may drain, and may be cut once an upgrade; twice where the old ones stop first, since those of
the first batch find old ones alone when they come back.

With --kill-edge the load balancer is killed in the middle of upgrades, with the server alive and with it dead: what
fails then is counted, it must serve again, and the upgrade must end well.

With --callers containers of two other services call it by its names, past the edge, a connection for each call: one of its
own stack as `web` and as a link, one of another stack as `web.bench`. With --sidekick every container has another
one beside it, which comes and goes with it.

With --front lb the port is that of a load balancer in the stack (`lb_config`), whose rule leads to the service; each
deploy brings both anew.

    SLIPWAY_BINARY=.build/debug/slipway bench/upgrades.py --upgrades 6 --brief --kill-edge
    bench/upgrades.py --markdown                 the lines of the last result for RESULTS.md
"""

import argparse
import contextlib
import itertools
import json
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

from harness import (
    HERE, IMAGE, RESULTS, Repository, Scratch, Slipway, binary, commit, docker, free_port, git, machine, quiet, say, until,
)  # fmt: skip

FILE = RESULTS / "upgrades.json"
CLASSES = {"keep-alive": 4, "new": 2, "post": 2, "slow": 3, "very-slow": 1, "websocket": 2}
# The longest that a killed edge may take to be back, far above what it takes: what fails later is none of its fault.
OUTAGE = 5
# What a load balancer in front adds to the application's files.
BALANCER = "lb:\n  image: rancher/lb-service-haproxy\n  ports:\n"
RULES = "lb:\n  lb_config:\n    port_rules:\n    - {source_port: 80, service: web, target_port: 8080}\n"
# What a sidekick adds: it does nothing but end when it is told to.
SIDEKICK = (
    'helper:\n  image: acme/web:${REVISION}\n  stop_grace_period: 3s\n'
    '  command: ["perl", "-e", "$$SIG{TERM} = sub { exit 0 }; sleep 1 while 1"]\n'
)
# Calls each name in turn, a connection for each call, and says how it went, each second and at the end.
CALLER = r"""
use IO::Socket::INET; $| = 1; my ($calls, $failed, $last, $first, $stop) = (0, 0, time, "", 0); $SIG{TERM} = sub { $stop = 1 };
while (!$stop) {
    for my $name (split " ", $ENV{NAMES}) {
        $calls++;
        my ($answer, $socket) = ("", IO::Socket::INET->new(PeerAddr => $name, PeerPort => 8080, Timeout => 5));
        if ($socket) { print $socket "GET / HTTP/1.0\r\nHost: web\r\n\r\n"; local $/; $answer = <$socket> // ""; close $socket }
        next if $answer =~ m{^HTTP/1.. 200 .*\r\n\r\n.}s;
        $failed++; print time, " $name failed: ", ($socket ? "cut" : $@), "\n";
    }
    select undef, undef, undef, 0.01;
    if (time > $last) { $last = time; print "calls $calls failed $failed\n" }
}
print "calls $calls failed $failed\n";
"""


class Callers:
    """Services that call the application by its names, and their stacks."""

    PLACES = {"bench": ("web", "behind"), "others": ("web.bench",)}

    def __init__(self, scratch, slipway):
        self.slipway = slipway
        for stack, names in self.PLACES.items():
            folder = scratch.path / f"caller-{stack}"
            folder.mkdir()
            spec = {
                "image": IMAGE, "command": ["perl", "-e", CALLER.replace("$", "$$")], "environment": {"NAMES": " ".join(names)},
                "stop_grace_period": "2s",
            }  # fmt: skip
            if "behind" in names:
                spec["external_links"] = ["bench/web:behind"]
            (folder / "docker-compose.yml").write_text(json.dumps({"version": "2", "services": {"caller": spec}}))
            done = subprocess.run(
                [pathlib.Path(binary()).resolve(), "up", "--stack", stack, "-d"], cwd=folder, capture_output=True, text=True, timeout=120,
                stdin=subprocess.DEVNULL,
                env=os.environ | {"SLIPWAY_URL": slipway.url, "SLIPWAY_TOKEN": slipway.token},
            )  # fmt: skip
            if done.returncode != 0:
                raise RuntimeError(f"slipway up: {done.stdout}{done.stderr}")
        until(lambda: all(c["calls"] for c in self.counts().values()), "the callers", 60)

    def counts(self):
        """Calls and failures so far, by stack, with what failed."""
        instance = (self.slipway.data / "keys/instance").read_text().strip()
        found = {}
        for stack in self.PLACES:
            ids = docker("ps", "-q", "--filter", f"label=dev.slipway.instance={instance}",
                         "--filter", f"label=dev.slipway.stack={stack}", "--filter", "label=dev.slipway.service=caller")  # fmt: skip
            text = subprocess.run(["docker", "logs", *ids], capture_output=True, text=True).stdout if ids else ""
            said = re.findall(r"calls (\d+) failed (\d+)", text)
            calls, failed = said[-1] if said else (0, 0)
            found[stack] = {
                "calls": int(calls), "failed": int(failed),
                "failures": [line for line in text.splitlines() if " failed: " in line],
            }  # fmt: skip
        return found


class Case:
    """What a commit asks of its own deploy, and how its containers take their end."""

    def __init__(self, start_first, term, batch):
        self.start_first, self.term, self.batch = start_first, term, batch

    @staticmethod
    def all():
        """Every case, so that neighbours are alike in the order of starting: an upgrade is start-first if both are."""
        return [
            Case(first, term, batch)
            for first, term, batch in itertools.product((True, False), ("drain", "die", "ignore"), (1, 2))
        ]

    def files(self, options, number):
        """The application's repository with this case's settings."""
        files = {
            str(path.relative_to(HERE / "app")): path.read_text()
            for path in sorted((HERE / "app").rglob("*")) if path.is_file()
        }  # fmt: skip
        settings = {
            "PORT": options.port, "BATCH": self.batch, "SCALE": options.scale, "TERM_MODE": self.term,
            "START_FIRST": str(self.start_first).lower(),
        }  # fmt: skip
        lines = []
        for line in files["slipway.yml"].splitlines():
            key = line.strip().split(":")[0]
            if key in settings:
                line = f"    {key}: {settings[key]}"
            if key == "rollout":
                line = f"rollout: {{settle: 1s, drain: {options.drain}s, deadline: 10m}}"
            lines.append(line)
        files["slipway.yml"] = "\n".join(lines) + "\n"
        if options.front == "lb":
            compose, ports = files["deploy/docker-compose.yml"].split("  ports:\n")
            files["deploy/docker-compose.yml"] = compose + BALANCER + ports.replace(":8080", ":80")
            files["deploy/rancher-compose.yml"] += RULES
            files["deploy/deploy.sh"] = files["deploy/deploy.sh"].replace(" up web ", " up web lb ")
        if options.sidekick:
            labels = "    io.rancher.container.pull_image: always\n"
            compose = files["deploy/docker-compose.yml"].replace(labels, labels + "    io.rancher.sidekicks: helper\n")
            files["deploy/docker-compose.yml"] = compose + SIDEKICK
        files["number"] = f"{number}\n"
        return files

    def describe(self, before):
        """The upgrade from `before` to this case."""
        order = "start-first" if self.start_first and before.start_first else "stop-first"
        return {"order": order, "batch": self.batch, "term": before.term}


class Upgrades:
    """One run: a server, an application, a load, and upgrades one after the other."""

    def __init__(self, scratch, options):
        self.scratch, self.options = scratch, options
        options.port = free_port()
        self.slipway = Slipway(scratch)
        self.marks, self.events = scratch.path / "marks", scratch.path / "events"
        self.outages, self.upgrades, self.problems = [], [], []

    # Before

    def build(self):
        """Builds every case's commit, so that nothing is built under load; returns case and SHA of each."""
        cases, built = Case.all(), []
        if self.options.upgrades < len(cases):
            # A shorter run takes every other case: each word of each setting comes in.
            cases = [cases[i] for i in (0, 3, 4, 7, 8, 11)]
        repository = Repository(self.scratch.path / "web", cases[0].files(self.options, 0))
        sha = git(repository.folder, "rev-parse", "HEAD").strip()
        self.slipway.add_app("web", repository)
        built.append((cases[0], sha))
        for number, case in enumerate(cases[1:], 1):
            sha = repository.commit(f"number {number}", case.files(self.options, number))
            repository.push(self.slipway.remote("web"), self.slipway.token)
            self.slipway.build_of("web", sha)
            built.append((case, sha))
        say(f"{len(built)} commits are built")
        return built

    def begin_load(self):
        """Starts the load and waits for the first answers."""
        command = [sys.executable, HERE / "load.py", "--url", f"http://127.0.0.1:{self.options.port}"]
        for name, count in CLASSES.items():
            command += [f"--{name}", count]
        command += ["--pace", self.options.pace, "--very-slow-ms", self.options.very_slow_ms]
        self.result = self.scratch.path / "load.json"
        command += ["--json", self.result, "--events", self.events, "--marks", self.marks]
        self.load = self.scratch.run(command, "load")
        until(lambda: self.events.exists() and "all clients answered" in self.events.read_text(), "the load")

    # Upgrades

    def deploy(self, sha):
        """Asks for a deploy; returns its id."""
        return self.slipway.api("POST", "/targets/web/production/deploys", {"revision": sha})["id"]

    def end(self, deploy, seconds=400):
        """Waits for the end of a deploy, whose containers must be those of the commit; returns it."""

        def ended():
            try:
                view = self.slipway.api("GET", f"/deploys/{deploy}")
            except OSError:
                return None
            return view if view["deploy"].get("endedAt") else None

        view = until(ended, f"the end of deploy {deploy}", seconds, 0.1)
        if view["deploy"]["state"] != "succeeded":
            self.problems.append(f"deploy {deploy} {view['deploy']['state']}: {view['deploy'].get('reason')}")
        return view

    def mark(self, word):
        """Tells the load where an upgrade begins and ends."""
        with self.marks.open("a") as file:
            file.write(f"{word} {time.time()}\n")

    def upgrade(self, case, sha, before, number, disturbance=None):
        """One upgrade; `disturbance` happens in its middle."""
        self.mark("begin")
        began = time.time()
        deploy = self.deploy(sha)
        if disturbance:
            until(lambda: self.serving(sha), "the first new container", 60, 0.05)
            disturbance()
        self.end(deploy)
        ended = time.time()
        self.mark("end")
        entry = {"number": number, **case.describe(before), "began": began, "seconds": round(ended - began, 1)}
        entry["disturbed"] = disturbance.__name__.replace("_", " ") if disturbance else None
        self.upgrades.append(entry)
        running = docker("ps", "--format", "{{.Label \"dev.slipway.revision\"}}", "--filter", self.label(),
                         "--filter", "label=dev.slipway.service=web")  # fmt: skip
        if running != [sha] * self.options.scale * (2 if self.options.sidekick else 1):
            self.problems.append(f"after upgrade {number} these run: {running}")
        say(f"upgrade {number}: {entry['order']}, batch {case.batch}, TERM {entry['term']}, {entry['seconds']} s, {self.failures()} failed so far"
            + (f", {entry['disturbed']}" if disturbance else ""))  # fmt: skip
        time.sleep(self.options.rest)

    def failures(self):
        """How many requests have failed."""
        return self.events.read_text().count('"what": "failed"')

    def label(self):
        """Containers of this installation."""
        return f"label=dev.slipway.instance={(self.slipway.data / 'keys/instance').read_text().strip()}"

    def serving(self, sha):
        """Whether a container of that commit has answered."""
        return sha if sha in self.events.read_text() else None

    # Deaths of the edge

    def edge(self):
        """Processes of the load balancer: its master and its worker."""
        with contextlib.suppress(OSError, IndexError):
            master = int((self.slipway.data / "edge/haproxy.pid").read_text().split()[0])
            children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
            return master, [int(pid) for pid in children]
        return None, []

    def kill_edge(self, who):
        """Kills the load balancer and waits until another one answers."""
        master, workers = self.edge()
        killed = [master] if who == "master" else workers if who == "worker" else [master, *workers]
        at = time.time()
        for pid in killed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: self.edge()[0] not in (None, master) and self.edge()[1], "another load balancer", 30, 0.005)
        self.outages.append({"time": at, "killed": who, "server": "alive" if self.alive() else "dead"})

    def alive(self):
        """Whether the server runs."""
        return self.slipway.process.poll() is None

    def worker_killed(self):
        """Kills the worker that holds the connections."""
        self.kill_edge("worker")

    def master_killed(self):
        """Kills the master."""
        self.kill_edge("master")

    def server_and_edge_killed(self):
        """Kills the server, then all of the load balancer, and starts the server again when that is back."""
        self.slipway.process.kill()
        self.slipway.process.wait()
        self.kill_edge("all")
        time.sleep(1)
        self.slipway.restart()

    # The whole

    def run(self):
        """Returns the document of results."""
        built = self.build()
        self.end(self.deploy(built[0][1]))
        callers = Callers(self.scratch, self.slipway) if self.options.callers else None
        quiet(seconds=self.options.quiet)
        self.begin_load()
        time.sleep(self.options.rest * 2)
        plan = [(None, built[(i + 1) % len(built)]) for i in range(self.options.upgrades)]
        if self.options.kill_edge:
            deaths = [self.worker_killed, self.master_killed, self.server_and_edge_killed]
            plan += [(death, built[(len(plan) + 1 + i) % len(built)]) for i, death in enumerate(deaths)]
        before = built[0][0]
        for number, (death, (case, sha)) in enumerate(plan, 1):
            self.upgrade(case, sha, before, number, death)
            before = case
        self.load.send_signal(signal.SIGTERM)
        self.load.wait(60)
        return self.document(json.loads(self.result.read_text()), callers.counts() if callers else {})

    def document(self, load, calls):
        """What the run showed; `problems` is empty where all went as it shall."""
        events = [json.loads(line) for line in self.events.read_text().splitlines()]
        failures = [event for event in events if event["what"] == "failed"]
        cuts = load["classes"].get("websocket", {}).get("cut", [])
        for number, outage in enumerate(self.outages):
            after = self.outages[number + 1]["time"] if number + 1 < len(self.outages) else math.inf
            until_then = min(outage["time"] + OUTAGE, after)
            inside = [e for e in failures if outage["time"] <= e["time"] < until_then]
            outage["failed"] = len(inside)
            outage["ms"] = round((max(e["time"] for e in inside) - outage["time"]) * 1000) if inside else 0
            failures = [e for e in failures if e not in inside]
            cuts = [c for c in cuts if not outage["time"] <= c["time"] < until_then]
        for failure in failures[:10]:
            self.problems.append(f"{failure['class']} failed {self.when(failure['time'])}: {failure['error']}")
        for stack, counted in calls.items():
            for failure in counted["failures"][:5]:
                at, _, words = failure.partition(" ")
                self.problems.append(f"a call from {stack}, {self.when(float(at))}: {words}")
            if counted["failed"] and not counted["failures"]:
                self.problems.append(f"{counted['failed']} calls from {stack} failed")
        for entry in self.upgrades:
            hit = [c["client"] for c in cuts if entry["began"] <= c["time"] <= entry["began"] + entry["seconds"] + 1]
            entry["cuts"] = len(hit)
            # Stop-first, the first batch's have nowhere to go but to containers that go later.
            allowed = 1 if entry["order"] == "start-first" else 2
            most = max((hit.count(client) for client in hit), default=0)
            if most > allowed:
                self.problems.append(f"a WebSocket was cut {most} times in upgrade {entry['number']}")
        plain = [c for name, c in load["classes"].items() if name in ("keep-alive", "new", "post")]
        return {
            "benchmark": "upgrades", "commit": os.environ.get("SLIPWAY_COMMIT") or commit(), "machine": machine(),
            "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "load": round(os.getloadavg()[0], 1),
            "front": self.options.front, "scale": self.options.scale, "drain_s": self.options.drain, "very_slow_ms": self.options.very_slow_ms,
            "requests": load["requests"], "per_second": load["per_second"], "failed": len(failures),
            "p99_ms_in": max(c["in"]["p99_ms"] or 0 for c in plain),
            "p99_ms_out": max(c["out"]["p99_ms"] or 0 for c in plain),
            "max_ms_in": max(c["in"]["max_ms"] or 0 for c in plain),
            "sidekick": self.options.sidekick,
            "calls": {stack: {key: counted[key] for key in ("calls", "failed")} for stack, counted in calls.items()},
            "websocket_cuts": len(cuts), "upgrades": self.upgrades, "outages": self.outages,
            "classes": {
                name: {key: value for key, value in c.items() if key not in ("revisions", "cut", "errors")}
                for name, c in load["classes"].items()
            },
            "problems": self.problems,
        }  # fmt: skip

    def when(self, moment):
        """Where a moment lies."""
        for entry in self.upgrades:
            if entry["began"] <= moment <= entry["began"] + entry["seconds"]:
                return f"{moment - entry['began']:.2f} s into upgrade {entry['number']}"
        return "out of upgrades"


def markdown(result):
    """Lines for RESULTS.md."""
    plain = [u for u in result["upgrades"] if not u["disturbed"]]
    front = " behind a load balancer" if result.get("front") == "lb" else ""
    front += ", each with a sidekick," if result.get("sidekick") else ""
    lines = [
        f"{len(plain)} upgrades of {result['scale']} containers{front} under {result['per_second']:.0f} requests a second"
        f" ({result['requests']} in all; {result['date']}, commit {result['commit']}):"
        f" **{result['failed']} failed**; p99 {result['p99_ms_in']:.1f} ms in upgrades,"
        f" {result['p99_ms_out']:.1f} ms out of them; {result['websocket_cuts']} WebSockets cut at the drain limit"
        f" of {result['drain_s']} s.",
        *(
            f"Calls by name, past the edge, from the stack {stack}: {counted['calls']}, **{counted['failed']} failed**."
            for stack, counted in result.get("calls", {}).items()
        ),
        "", "| class | requests | failed | p99 ms in | p99 ms out | max ms in |", "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name, c in result["classes"].items():
        cells = [name, c["requests"], c["failed"], c["in"]["p99_ms"], c["out"]["p99_ms"], c["in"]["max_ms"]]
        lines.append("| " + " | ".join("-" if cell is None else str(cell) for cell in cells) + " |")
    lines += ["", "| order | batch | TERM | upgrades | seconds, median | WebSockets cut |",
              "| --- | ---: | --- | ---: | ---: | ---: |"]  # fmt: skip
    cases = {}
    for upgrade in plain:
        cases.setdefault((upgrade["order"], upgrade["batch"], upgrade["term"]), []).append(upgrade)
    for (order, batch, term), found in sorted(cases.items()):
        times = sorted(u["seconds"] for u in found)
        lines.append(f"| {order} | {batch} | {term} | {len(found)} | {times[len(times) // 2]} |"
                     f" {sum(u['cuts'] for u in found)} |")  # fmt: skip
    if result["outages"]:
        lines += ["", "| load balancer killed | server | failed | last failure after, ms |", "| --- | --- | ---: | ---: |"]
        lines += [f"| {o['killed']} | {o['server']} | {o['failed']} | {o['ms']} |" for o in result["outages"]]
    return "\n".join(lines)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrades", type=int, default=20)
    parser.add_argument("--scale", type=int, default=3)
    parser.add_argument("--pace", type=float, default=0.02, help="least seconds between two requests of a client")
    parser.add_argument("--brief", action="store_true", help="drain 5 s and 3 s requests instead of 12 s and 10 s")
    parser.add_argument("--kill-edge", action="store_true", help="three upgrades more, the load balancer killed in each")
    parser.add_argument("--callers", action="store_true", help="other services call it by its names meanwhile")
    parser.add_argument("--sidekick", action="store_true", help="each container has another one beside it")
    parser.add_argument("--front", choices=("port", "lb"), default="port", help="who has the port: service or lb_config")
    parser.add_argument("--quiet", type=int, default=20, help="seconds to wait for a machine with little to do")
    parser.add_argument("--rest", type=float, default=2, help="seconds between upgrades")
    parser.add_argument("--json", type=pathlib.Path, default=FILE, help="where the result goes")
    parser.add_argument("--markdown", action="store_true", help="print the last result's lines, measure nothing")
    options = parser.parse_args()
    if options.markdown:
        print(markdown(json.loads(options.json.read_text())))
        return
    options.drain, options.very_slow_ms = (5, 3000) if options.brief else (12, 10_000)
    with Scratch() as scratch:
        result = Upgrades(scratch, options).run()
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    print(markdown(result))
    if result["problems"]:
        sys.exit("\n".join(result["problems"]))


if __name__ == "__main__":
    main()
