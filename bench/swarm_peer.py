"""Docker Swarm on an engine of its own, with host-mode ports; a HAProxy follows its tasks."""

import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.parse

from balancer import CHECK, Balancer
from harness import docker, engine_api, until

BRIDGE, GATEWAY = "slipwaybench0", "10.211.255.1/24"
POOL, SWARM_POOL = "10.211.0.0/17", "10.212.0.0/16"
FOLLOW = 0.05  # seconds between two looks at the tasks
# The engine runs a program in each container for each check: at 100 ms, three containers would keep both cores busy.
# More than three are asked less often, so that the checks of all of them cost the same.
HEALTH_INTERVAL = 250  # milliseconds
PROBE = (
    "use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => q(127.0.0.1), PeerPort => %d, Timeout => 2) or"
    " exit 1; print $s qq(GET %s HTTP/1.0\\r\\n\\r\\n); exit(<$s> =~ / 200 / ? 0 : 1)"
)


class SwarmEngine:
    """An engine of its own with a swarm of one node, and no service yet."""

    def __init__(self, scratch, image):
        self.folder = scratch.path / "swarm"
        self.folder.mkdir()
        self.socket = self.folder / "docker.sock"
        self.host = f"unix://{self.socket}"
        self._start_engine(scratch)
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            self.docker("load", "--quiet", stdin=saved.stdout)
        self.docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:23770",
                     "--default-addr-pool", SWARM_POOL)  # fmt: skip
        self.api = engine_api(str(self.socket))

    def _start_engine(self, scratch):
        subprocess.run(["ip", "link", "add", BRIDGE, "type", "bridge"], check=True)
        had_gateway = pathlib.Path("/sys/class/net/docker_gwbridge").exists()
        scratch.callback(self._remove_bridges, [BRIDGE] + ([] if had_gateway else ["docker_gwbridge"]))
        subprocess.run(["ip", "addr", "add", GATEWAY, "dev", BRIDGE], check=True)
        subprocess.run(["ip", "link", "set", BRIDGE, "up"], check=True)
        scratch.callback(self._unmount)
        # Without iptables: those of the machine's own engine stay as they are.
        self.engine = scratch.run(
            ["dockerd", "--host", self.host, "--data-root", self.folder / "data",
             "--exec-root", self.folder / "exec", "--pidfile", self.folder / "pid", "--bridge", BRIDGE,
             "--iptables=false", "--ip6tables=false", "--ip-masq=false", "--ip-forward=false",
             "--default-address-pool", f"base={POOL},size=24"],
            "swarm-engine", env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"},
        )  # fmt: skip
        scratch.callback(self._empty)
        log = scratch.path / "swarm-engine.log"

        def answers():
            if self.engine.poll() is not None:
                raise RuntimeError(f"the swarm's engine ended: {log.read_text()[-1000:]}")
            return self.socket.exists() and docker("-H", self.host, "version", "-f", "{{.Server.Os}}")

        until(answers, "the swarm's engine", 60, 0.2)

    def docker(self, *words, **options):
        command = ["docker", "-H", self.host, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
        if done.returncode != 0:
            raise RuntimeError(f"docker {words[0]}: {done.stderr.strip()}")
        return done.stdout

    def _empty(self):
        """Ends the services, the swarm and whatever still runs, before the engine ends."""
        services = docker("-H", self.host, "service", "ls", "-q")
        if services:
            docker("-H", self.host, "service", "rm", *services)
        docker("-H", self.host, "swarm", "leave", "--force")
        for _ in range(50):
            left = docker("-H", self.host, "ps", "-aq")
            if not left:
                break
            docker("-H", self.host, "rm", "-fv", *left)
            time.sleep(0.1)

    def _unmount(self):
        with open("/proc/self/mountinfo") as file:
            mounts = [line.split()[4] for line in file]
        for mount in sorted((one for one in mounts if one.startswith(f"{self.folder}/")), reverse=True):
            subprocess.run(["umount", mount], check=False)

    def _remove_bridges(self, names):
        for name in names:
            subprocess.run(["ip", "link", "delete", name], check=False, stderr=subprocess.DEVNULL)


class Swarm(SwarmEngine):
    """A service of a swarm. VIPs and the ingress network need IPVS in the kernel, so neither is used."""

    def __init__(self, scratch, image, replicas=3, batch=1):
        super().__init__(scratch, image)
        self.replicas = replicas
        self.balancer = Balancer(scratch, "swarm-haproxy")
        self.url = self.balancer.url
        self._tasks = engine_api(str(self.socket))
        probe = PROBE % (CHECK["port"], CHECK["path"])
        interval = round(HEALTH_INTERVAL * max(1, replicas / 3))
        self.docker(
            "service", "create", "--detach", "--name", "web", "--replicas", replicas, "--endpoint-mode", "dnsrr",
            "--publish", f"mode=host,target={CHECK['port']}", "--init", "--no-resolve-image",
            "--health-cmd", f"perl -e '{probe}'", "--health-interval", f"{interval}ms",
            "--health-retries", "3", "--health-start-period", "60s", "--update-order", "start-first",
            "--update-parallelism", batch, "--update-delay", "0s", "--update-monitor", "500ms",
            "--restart-delay", "0s", "--env", "REVISION=r0", "--env", "TERM_MODE=die", image,
        )  # fmt: skip
        self._stop = threading.Event()
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()
        scratch.callback(self._end_follower)
        self._await_up()

    # The balancer's servers

    def _end_follower(self):
        self._stop.set()
        self._follower.join(5)

    def _await_up(self):
        """Returns when all replicas get requests."""

        def up():
            return [row for row in self.balancer.servers().values() if row["status"].startswith("UP")]

        until(lambda: len(up()) == self.replicas, "the swarm's service", 300, 0.1)

    def rest(self):
        """Runs nothing while others are measured: its health checks cost a good part of a core."""
        self.docker("service", "scale", "--detach", "web=0")
        until(lambda: not docker("-H", self.host, "ps", "-q"), "the swarm's rest", 120, 0.2)

    def wake(self):
        """Runs again what ran."""
        self.docker("service", "scale", "--detach", f"web={self.replicas}")
        self._await_up()

    def _follow(self):
        """Lets requests reach every task that runs, and none that shall end."""
        filters = urllib.parse.quote(json.dumps({"service": {"web": True}}))
        known, draining = {}, set()
        while not self._stop.wait(FOLLOW):
            try:
                for task in self._tasks("GET", f"/tasks?filters={filters}"):
                    name, state, wanted = task["ID"], task["Status"]["State"], task["DesiredState"]
                    if wanted == "running" and state == "running" and name not in known:
                        container = task["Status"]["ContainerStatus"]["ContainerID"]
                        seen = self._tasks("GET", f"/containers/{container}/json")
                        address = next(iter(seen["NetworkSettings"]["Networks"].values()))["IPAddress"]
                        self.balancer.add(name, f"{address}:{CHECK['port']}")
                        known[name] = container
                    elif wanted != "running" and name in known and name not in draining:
                        self.balancer.drain(name)
                        draining.add(name)
                    elif name in draining and state not in ("running", "starting"):
                        self.balancer.remove(name)
                        draining.discard(name)
            except (OSError, RuntimeError):
                continue  # the engine ends, or a container went while it was looked at

    def roll_out(self, revision):
        """Updates the service; done when Swarm says so."""
        begin = time.time()
        before = (self.api("GET", "/services/web").get("UpdateStatus") or {}).get("StartedAt")
        self.docker("service", "update", "--detach", "--quiet", "--env-add", f"REVISION=r{revision}", "web")

        def ended():
            status = self.api("GET", "/services/web").get("UpdateStatus") or {}
            return status.get("StartedAt") not in (None, before) and status.get("State") != "updating" and status

        status = until(ended, "the swarm's update", 300, 0.02)
        if status["State"] != "completed":
            raise RuntimeError(f"the swarm's update {status['State']}: {status.get('Message')}")
        return {"done": time.time() - begin}
