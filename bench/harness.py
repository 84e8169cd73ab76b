"""What all benchmarks share: a Slipway of its own, repositories to push, pairs of runs, results as JSON.

A benchmark starts everything that it measures in a folder of its own, on free ports, and ends and removes it again.
"""

import argparse
import contextlib
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results"
ENGINE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
IMAGE = "debian:12-slim"
# Prints the moment at which a step began, to be the first thing that it does.
STAMP = "date +%s.%N"
PATIENCE = 120  # seconds that anything may take before the benchmark gives up


def say(text):
    """Tells a person who watches what goes on."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


# Results


def arguments(description, runs):
    """The command line of a benchmark: how often each candidate is measured, and which are."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--runs", type=int, default=int(os.environ.get("RUNS") or runs), help="runs of each candidate")
    parser.add_argument("--without", action="append", default=[], help="leave a candidate out; may be repeated")
    return parser


def summary(values):
    """Median, spread, number and, in the order of the runs, what was measured."""
    return {
        "median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values),
        "values": [round(value, 6) for value in values],
    }  # fmt: skip


def percentile(values, share):
    """The value that `share` of the values don't exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, max(0, round(share * len(values) + 0.5) - 1))]


def machine():
    """What the numbers depend on."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.+)", file.read())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    version = subprocess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True, check=False
    )
    return {
        "cores": os.cpu_count(), "model": model[1] if model else "unknown", "memory_gb": round(memory / 2**30),
        "kernel": os.uname().release, "engine": version.stdout.strip() or "none",
    }  # fmt: skip


def commit():
    """The commit that is measured, with a mark where files were changed since.

    Of a program that SLIPWAY_BINARY names it is known only if SLIPWAY_COMMIT says so.
    """
    if os.environ.get("SLIPWAY_COMMIT"):
        return os.environ["SLIPWAY_COMMIT"]
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"]
    here = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    if "SLIPWAY_BINARY" not in os.environ:
        return here
    with open(binary(), "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"unknown (a given program, SHA-256 {digest[:12]}…; benchmarks of {here})"


class Measurement:
    """Collects the results of one benchmark and writes them, also when it is cut short."""

    def __init__(self, name):
        self.name, self.values, self.notes = name, {}, []
        self.load = [os.getloadavg()[0]]

    def add(self, candidate, metric, value):
        """Records one run's value."""
        self.values.setdefault(candidate, {}).setdefault(metric, []).append(value)

    def note(self, text):
        """Something that a reader of the numbers should know; once."""
        if text not in self.notes:
            self.notes.append(text)

    def write(self):
        """Writes `results/<name>.json`."""
        self.load.append(os.getloadavg()[0])
        found = {
            candidate: {metric: summary(values) for metric, values in metrics.items()}
            for candidate, metrics in self.values.items()
        }
        document = {
            "benchmark": self.name, "commit": commit(), "machine": machine(),
            "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "load": {"before": round(self.load[0], 1), "after": round(self.load[-1], 1)}, "notes": self.notes,
            "results": found,
        }  # fmt: skip
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.name}.json"
        file.with_suffix(".tmp").write_text(json.dumps(document, indent=1) + "\n")
        file.with_suffix(".tmp").rename(file)
        for candidate, metrics in found.items():
            for metric, value in metrics.items():
                spread = f"{value['min']:.3f} to {value['max']:.3f}, {value['runs']} runs"
                say(f"  {candidate}: {metric} {value['median']:.3f} ({spread})")


def paired(measurement, runs, candidates):
    """Measures each candidate once, then each again, so that what the machine does meanwhile meets all alike.

    `candidates` maps a name to a function of the run's number that returns values by metric. One that fails is told of
    and left out from then on; the others go on.
    """
    candidates = dict(candidates)
    for run in range(1, runs + 1):
        for name in list(candidates):
            try:
                for metric, value in candidates[name](run).items():
                    measurement.add(name, metric, value)
            except Exception as error:
                say(f"  {name} failed in run {run}: {error!r}")
                measurement.note(f"{name} failed in run {run}: {error}")
                del candidates[name]
        say(f"{measurement.name}: run {run} of {runs} done (load {os.getloadavg()[0]:.1f})")


# Things that are started and ended


def free_port():
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what, seconds=PATIENCE, interval=0.05):
    """Waits for a condition and returns what it came to."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(interval)


def quiet(limit=None, seconds=float(os.environ.get("QUIET", 60))):
    """Waits until the machine has little to do, at most `seconds`; what it is then stands in the results."""
    limit = limit or os.cpu_count() * 0.5
    with contextlib.suppress(TimeoutError):
        until(lambda: os.getloadavg()[0] < limit, "a quiet machine", seconds, 1)


def processes(text):
    """Processes in whose arguments a text stands, such as the path of a folder of ours."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if text.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def end(process, seconds=30):
    """Ends a process that we started: TERM, then KILL."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Scratch(contextlib.ExitStack):
    """A folder and what was started in it; whatever happens, nothing is left."""

    def __enter__(self):
        super().__enter__()
        # A signal to the benchmark is an exception here, so that everything is ended in order.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(143))
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="slipway-bench-"))
        self.path.chmod(0o711)  # scripts run as users of their own
        self.callback(self._remove)
        return self

    def _remove(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            for pid in processes(f"{self.path}/"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            with contextlib.suppress(TimeoutError):
                until(lambda: not processes(f"{self.path}/"), "processes", 10)
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, command, name, **options):
        """Starts a program whose output goes to a file in the folder; it is ended with the folder."""
        with (self.path / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                **options,
            )  # fmt: skip
        self.callback(end, process)
        return process


def docker(*words, check=False):
    """What the docker command printed, as words."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.split()


# HTTP


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path, timeout=PATIENCE):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class JSONService:
    """A service that speaks JSON over one connection that is kept open."""

    def __init__(self, connect, headers=None):
        self._connect, self._headers, self._connection = connect, headers or {}, None

    def __call__(self, method, path, body=None, expect=(200, 201, 202, 204, 304), raw=False):
        """Sends a request; returns what was answered. Fails where the status is none of the expected."""
        headers = dict(self._headers)
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        for attempt in (1, 2):
            self._connection = self._connection or self._connect()
            try:
                self._connection.request(method, path, data, headers)
                answer = self._connection.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self._connection = None  # it was closed while nothing was said
                if attempt == 2:
                    raise
        if answer.status not in expect:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500].decode(errors='replace')}")
        return content if raw or not content else json.loads(content)


def engine_api(path=ENGINE):
    """The Docker Engine's API, called as directly as it can be."""
    return JSONService(lambda: UnixConnection(path))


# Repositories


GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
}  # fmt: skip


def git(folder, *words, **environment):
    """Runs git in a folder and returns what it printed."""
    done = subprocess.run(
        ["git", "-C", str(folder), *words], env=os.environ | GIT | environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout


class Repository:
    """A working copy with files to commit and push."""

    def __init__(self, folder, files):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        git(self.folder, "init", "-q", "-b", "main")
        self.commit("first", files)

    def commit(self, title, files=None):
        """Commits files, given by name, or nothing but a new number; returns the SHA."""
        for name, text in (files or {"count": title}).items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755 if text.startswith("#!") else 0o644)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", title)
        return git(self.folder, "rev-parse", "HEAD").strip()

    def push(self, url, token=""):
        """Pushes main; the token is the password, and appears in no argument."""
        helper = '!f() { echo username=git; echo "password=$SLIPWAY_TOKEN"; }; f'
        git(
            self.folder, "-c", "credential.helper=", "-c", f"credential.helper={helper}", "push", "-q", str(url),
            "main", SLIPWAY_TOKEN=token,
        )  # fmt: skip


def received_at(bare):
    """When a bare repository's main was written, which is the last that `git receive-pack` does before it ends."""
    return os.stat(pathlib.Path(bare) / "refs/heads/main").st_mtime_ns / 1e9


# Slipway


def binary():
    """The program that is measured."""
    found = os.environ.get("SLIPWAY_BINARY") or str(ROOT / ".build-release/release/slipway")
    if not os.access(found, os.X_OK):
        sys.exit(f"There is no {found}: make it with scripts/bench, or give SLIPWAY_BINARY.")
    return found


class Slipway:
    """A server with a data directory of its own."""

    def __init__(self, scratch, *flags):
        self.data = scratch.path / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        scratch.callback(self._clear_engine)
        self._scratch = scratch
        self._command = [binary(), "serve", "--data", self.data, "--port", self.port, "--allow-host-steps", *flags]
        self.log = scratch.path / "slipway.log"
        self.restart()
        local = JSONService(lambda: UnixConnection(str(self.data / "run/slipway.sock")))
        self.token = local("POST", "/api/v1/tokens", {"name": "bench"})["token"]
        headers = {"Authorization": f"Bearer {self.token}"}
        connect = lambda: http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)  # noqa: E731
        self._call = JSONService(connect, headers)

    def restart(self):
        """Starts the server, on the data that there is."""
        self.process = self._scratch.run(self._command, "slipway")
        until(self._answers, "Slipway's answer", interval=0.02)

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"Slipway ended:\n{self.log.read_text()[-2000:]}")
        # A socket file may be that of a server that was killed.
        with (
            contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1),
            socket.socket(socket.AF_UNIX) as local,
        ):  # fmt: skip
            local.connect(str(self.data / "run/slipway.sock"))
            return True

    def _clear_engine(self):
        instance = self.data / "keys/instance"
        if instance.exists():
            label = f"label=dev.slipway.instance={instance.read_text().strip()}"
            for kind, list_, remove in (
                ("container", ["ps", "-aq"], ["rm", "-fv"]), ("network", ["network", "ls", "-q"], ["network", "rm"]),
                ("volume", ["volume", "ls", "-q"], ["volume", "rm", "-f"]),
            ):  # fmt: skip
                names = docker(*list_, "--filter", label)
                if names:
                    say(f"  removing {len(names)} {kind}s")
                    docker(*remove, *names)

    def api(self, method, path, body=None, **options):
        """Calls the JSON API."""
        return self._call(method, f"/api/v1{path}", body, **options)

    def add_app(self, name, repository):
        """Adds an app, pushes to it for the first time and waits for that build."""
        self.api("POST", "/apps", {"name": name})
        repository.push(self.remote(name), self.token)
        return self.build_of(name, git(repository.folder, "rev-parse", "HEAD").strip())

    def remote(self, app):
        """The URL that is pushed to."""
        return f"{self.url}/git/{app}.git"

    def bare(self, app):
        """The app's repository on the disk."""
        return self.data / f"git/{app}.git"

    def build_of(self, app, sha, interval=0.1, seconds=PATIENCE):
        """Waits for the end of a commit's build; returns it with its steps."""

        def ended():
            for row in self.api("GET", f"/apps/{app}/commits?limit=5")["rows"]:
                build = row.get("build")
                if build and row["commit"]["sha"] == sha and build["state"] not in ("queued", "running"):
                    return build["id"]
            return None

        view = self.api("GET", f"/builds/{until(ended, f'the build of {sha}', seconds, interval)}")
        if view["build"]["state"] != "succeeded":
            raise RuntimeError(f"the build of {sha} {view['build']['state']}: {view['build'].get('reason')}")
        return view

    def step_log(self, owner, step):
        """A step's whole log; `owner` is `builds/3` or `deploys/3`."""
        return self.api("GET", f"/{owner}/steps/{step}/log", raw=True)


def seconds(text):
    """Seconds since 1970 of a time as the API writes it."""
    return datetime.datetime.fromisoformat(text).timestamp()


def first_stamp(log):
    """The time stamp that a step printed first."""
    found = re.search(rb"\d{10}\.\d{9}", log)
    if not found:
        raise RuntimeError(f"no time stamp in {log[:200]!r}")
    return float(found[0])
