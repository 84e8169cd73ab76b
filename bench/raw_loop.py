"""The floor of a rollout: the same calls of the Engine and of HAProxy as Slipway makes, one after the other."""

import contextlib
import http.client
import time

from balancer import CHECK, Balancer
from harness import docker, engine_api, until


class RawLoop:
    """Three replicas behind a HAProxy, replaced one by one, in Slipway's order. Nothing is recorded or recovered."""

    def __init__(self, scratch, image, replicas=3):
        self.engine, self.image, self.replicas = engine_api(), image, replicas
        self.name = f"raw-{scratch.path.name[-8:]}"
        self.network = docker("network", "create", self.name, check=True)[0]
        scratch.callback(self._clear)
        self.balancer = Balancer(scratch, "raw-haproxy")
        self.url = self.balancer.url
        self.serving, self.parked = [], []
        self.took = {}
        for slot in range(replicas):
            self.serving.append(self._bring_in(0, slot))

    def _clear(self):
        docker("rm", "-fv", *docker("ps", "-aq", "--filter", f"label={self.name}"))
        docker("network", "rm", self.network)

    @contextlib.contextmanager
    def _part(self, name):
        """Adds up what a kind of call takes."""
        begin = time.time()
        yield
        self.took[name] = self.took.get(name, 0) + time.time() - begin

    def _bring_in(self, revision, slot):
        """Creates, starts, waits until healthy, lets requests in; returns id and name."""
        name = f"{self.name}-{revision}-{slot}"
        body = {
            "Image": self.image, "Env": [f"REVISION=r{revision}", "TERM_MODE=die"], "Labels": {self.name: "1"},
            "HostConfig": {"NetworkMode": self.name, "Init": True, "RestartPolicy": {"Name": "unless-stopped"}},
        }  # fmt: skip
        with self._part("create"):
            container = self.engine("POST", f"/containers/create?name={name}", body)["Id"]
        with self._part("start"):
            self.engine("POST", f"/containers/{container}/start")
        with self._part("healthy, in the balancer"):
            seen = self.engine("GET", f"/containers/{container}/json")
            address = seen["NetworkSettings"]["Networks"][self.name]["IPAddress"]
            self._await_health(address)
            self.balancer.add(name, f"{address}:{CHECK['port']}")
        return container, name

    def _await_health(self, address):
        successes = 0
        deadline = time.monotonic() + 60
        while successes < CHECK["threshold"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{address} is not healthy")
            successes = successes + 1 if self._is_healthy(address) else 0
            if successes < CHECK["threshold"]:
                time.sleep(CHECK["interval"] / 1000)

    def _is_healthy(self, address):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(address, CHECK["port"], timeout=2)
            connection.request("GET", CHECK["path"])
            answer = connection.getresponse()
            connection.close()
            return answer.status == 200
        return False

    def roll_out(self, revision):
        """Replaces all; the old ones are kept stopped, those of the time before removed."""
        begin = time.time()
        self.took = {}
        old, self.serving = self.serving, []
        for slot in range(self.replicas):
            self.serving.append(self._bring_in(revision, slot))
            container, name = old[slot]
            with self._part("drain"):
                self.balancer.drain(name)
            with self._part("drained, out, stopped"):
                until(lambda: self.balancer.is_drained(name), "drained", interval=0.02)  # noqa: B023
                self.balancer.remove(name)
                self.engine("POST", f"/containers/{container}/stop?t=10")
        with self._part("remove parked"):
            for container, _ in self.parked:
                self.engine("DELETE", f"/containers/{container}?v=1")
        self.parked = old
        return {"done": time.time() - begin} | {f"of it, {name}": took for name, took in self.took.items()}
