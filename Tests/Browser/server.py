"""`slipway serve` for the time of a test run."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with a data directory of its own, and the clean-up of whatever it brings up."""

    def __init__(self, binary, *options):
        self.binary = str(binary)
        self.options = options  # of `slipway serve`, besides data and port
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="slipway-browser-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.data / "server.log"
        self.process = None
        self.password = None
        self.revisions = []  # whose images are to be removed in the end

    def start(self):
        """Returns when it answers; its first words tell the admin's password."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data", str(self.data), "--port", str(self.port), *self.options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self.answers():
            assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{self.log.read_text()}"
            time.sleep(0.1)
        said = re.search(r"password (\S+)", self.log.read_text())
        assert said, f"the server printed no password:\n{self.log.read_text()}"
        self.password = said[1]

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def command(self, *arguments):
        """Runs a command of the command line against this server and returns what it printed."""
        done = subprocess.run(
            [self.binary, *arguments], env=os.environ | {"SLIPWAY_DATA": str(self.data)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"slipway {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def token(self):
        """A token for git and the API."""
        found = re.search(r"slp_\w+", self.command("tokens", "create", "browser-test"))
        assert found, "slipway tokens create printed no token"
        return found[0]

    def stop(self, keep_log):
        """Stops the server, then its daemons, then its containers, networks, volumes and images; removes its data."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for how in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.programs():
                # It may end by itself meanwhile.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            deadline = time.monotonic() + 10
            while self.programs() and time.monotonic() < deadline:
                time.sleep(0.1)
        self.clear_engine()
        if self.log.exists():
            keep_log.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.log, keep_log)
        shutil.rmtree(self.data, ignore_errors=True)

    def programs(self):
        """Processes that were started for our data directory: the edge, the registry, supervisors."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if str(self.data).encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def clear_engine(self):
        instance = self.data / "keys" / "instance"
        if instance.exists():
            label = f"label=dev.slipway.instance={instance.read_text().strip()}"
            docker("rm", "-fv", *docker("ps", "-aq", "--filter", label))
            docker("network", "rm", *docker("network", "ls", "-q", "--filter", label))
            docker("volume", "rm", "-f", *docker("volume", "ls", "-q", "--filter", label))
        images = docker("images", "--format", "{{.Repository}}:{{.Tag}}")
        docker("rmi", "-f", *[image for image in images if image.rpartition(":")[2] in self.revisions])


def docker(*arguments):
    """The words that docker printed; nothing where it was given nothing to remove."""
    if arguments[-1] in ("rm", "-fv", "-f", "rmi"):
        return []
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False).stdout.split()
