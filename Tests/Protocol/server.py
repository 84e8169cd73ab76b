"""`slipway serve` without an engine, for the time of a test run, and what must hold of it whatever it is sent."""

import collections
import hashlib
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

import requests

import wire


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with a data directory of its own. Its engine is a socket that isn't there: nothing is ever started."""

    def __init__(self, binary):
        self.binary = str(binary)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-protocol-"))
        self.folder.chmod(0o711)  # scripts have users of their own
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        wire.HOST = f"127.0.0.1:{self.port}"
        self.process = None
        self.password = None

    def start(self):
        """Returns when it answers; its first words tell the admin's password."""
        command = [
            self.binary, "serve", "--data", str(self.data), "--port", str(self.port), "--registry", "127.0.0.1:1",
            "--engine", str(self.folder / "no.sock"), "--poll", "86400",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while not self.is_well():
            assert self.process.poll() is None, f"the server ended:\n{self.words()}"
            assert time.monotonic() < deadline, f"the server does not answer:\n{self.words()}"
            time.sleep(0.1)
        self.password = re.search(r"password (\S+)", self.words())[1]

    def words(self):
        return self.log.read_text(errors="replace")

    def is_well(self):
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def memory(self):
        """Bytes of memory that it holds."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def open_files(self):
        """What its file descriptors lead to: files by their path, the rest by its kind."""
        links = []
        for link in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                links.append(re.sub(r":\[\d+\]$", "", os.readlink(link)))
            except FileNotFoundError:  # closed meanwhile
                pass
        return collections.Counter(links)

    def children(self):
        """Processes that it has started and that still run."""
        found = subprocess.run(["ps", "-o", "args=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [line for line in found.stdout.splitlines() if "<defunct>" not in line]

    def files(self):
        """What lies in the data directory, the database's own files apart."""
        paths = {str(path.relative_to(self.data)) for path in self.data.rglob("*")}
        return {path for path in paths if not path.startswith("slipway.sqlite")}

    def database(self):
        return sqlite3.connect(self.data / "slipway.sqlite", timeout=20)

    def script_token(self, deploy, environment):
        """The token of a deploy's script, which only a running deploy is given."""
        token = f"slp_{secrets.token_hex(20)}"
        with self.database() as database:
            database.execute(
                "INSERT INTO token (hash, name, deployID, deployEnvironmentID, createdAt, expiresAt)"
                " VALUES (?, ?, ?, ?, '2026-01-01 00:00:00.000', '2126-01-01 00:00:00.000')",
                (hashlib.sha256(token.encode()).hexdigest(), f"deploy {deploy}", deploy, environment),
            )
        return token

    def stop(self):
        """Stops the server and removes its data. Whatever else it is, a server that is asked to end ends well."""
        status = self.process.poll()
        if status is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                status = self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = self.process.wait()
        words = self.words()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert status == 0, f"the server ended with {status}:\n{words[-4000:]}"
