"""The floor of a rollout: the same calls of the Engine and of HAProxy as Slipway makes, one after the other."""

import concurrent.futures
import contextlib
import http.client
import time

from balancer import CHECK, Balancer
from harness import docker, engine_api, until


class RawLoop:
    """Replicas behind a HAProxy, replaced batch by batch, in Slipway's order. Nothing is recorded or recovered.

    The calls for one batch are made side by side.
    """

    def __init__(self, scratch, image, replicas=3, batch=1):
        self.image, self.replicas, self.batch = image, replicas, batch
        self.engines = [engine_api() for _ in range(batch)]
        self.pool = scratch.enter_context(concurrent.futures.ThreadPoolExecutor(batch))
        self.name = f"raw-{scratch.path.name[-8:]}"
        self.network = docker("network", "create", self.name, check=True)[0]
        scratch.callback(self._clear)
        self.balancer = Balancer(scratch, "raw-haproxy")
        self.url = self.balancer.url
        self.serving, self.parked = [], []
        self.took = {}
        for slots in self._batches():
            self.serving += self._bring_in(0, slots)

    def _clear(self):
        docker("rm", "-fv", *docker("ps", "-aq", "--filter", f"label={self.name}"))
        docker("network", "rm", self.network)

    @contextlib.contextmanager
    def _part(self, name):
        """Adds up what a kind of call takes."""
        begin = time.time()
        yield
        self.took[name] = self.took.get(name, 0) + time.time() - begin

    def _batches(self):
        """The slots, some at a time."""
        return [range(first, min(first + self.batch, self.replicas)) for first in range(0, self.replicas, self.batch)]

    def _each(self, act, subjects):
        """Acts on some subjects, on each over a connection of its own; one alone is spared the threads."""
        if len(subjects) == 1:
            return [act(self.engines[0], subjects[0])]
        return list(self.pool.map(act, self.engines, subjects))

    def _bring_in(self, revision, slots):
        """Creates, starts, waits until healthy, lets requests in; returns ids and names."""
        names = [f"{self.name}-{revision}-{slot}" for slot in slots]
        body = {
            "Image": self.image, "Env": [f"REVISION=r{revision}", "TERM_MODE=die"], "Labels": {self.name: "1"},
            "HostConfig": {"NetworkMode": self.name, "Init": True, "RestartPolicy": {"Name": "unless-stopped"}},
        }  # fmt: skip
        with self._part("create"):
            made = self._each(lambda engine, name: engine("POST", f"/containers/create?name={name}", body)["Id"], names)
        with self._part("start"):
            self._each(lambda engine, container: engine("POST", f"/containers/{container}/start"), made)
        with self._part("healthy, in the balancer"):
            self._each(self._let_in, list(zip(made, names)))
        return list(zip(made, names))

    def _let_in(self, engine, unit):
        container, name = unit
        seen = engine("GET", f"/containers/{container}/json")
        address = seen["NetworkSettings"]["Networks"][self.name]["IPAddress"]
        self._await_health(address)
        self.balancer.add(name, f"{address}:{CHECK['port']}")

    def _take_out(self, engine, unit):
        container, name = unit
        until(lambda: self.balancer.is_drained(name), "drained", interval=0.02)
        self.balancer.remove(name)
        engine("POST", f"/containers/{container}/stop?t=10")

    def _await_health(self, address):
        successes = 0
        deadline = time.monotonic() + 60
        while successes < CHECK["threshold"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{address} is not healthy")
            successes = successes + 1 if self._is_healthy(address) else 0
            if successes < CHECK["threshold"]:
                # One that is starting is asked again soon, as by Slipway.
                time.sleep(min(CHECK["interval"], 100) / 1000)

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
        for slots in self._batches():
            self.serving += self._bring_in(revision, slots)
            leaving = [old[slot] for slot in slots]
            with self._part("drain"):
                for _, name in leaving:
                    self.balancer.drain(name)
            with self._part("drained, out, stopped"):
                self._each(self._take_out, leaving)
        with self._part("remove parked"):
            for container, _ in self.parked:
                self.engines[0]("DELETE", f"/containers/{container}?v=1")
        self.parked = old
        return {"done": time.time() - begin} | {f"of it, {name}": took for name, took in self.took.items()}
