"""HAProxy with the settings of Slipway's own edge, told over its runtime socket."""

import csv
import socket

from harness import free_port, until

CHECK = {"interval": 100, "threshold": 2, "path": "/healthz", "port": 8080}  # milliseconds; the same for all candidates


class Balancer:
    """One HAProxy in front of one service. `servers` are there from the start, by name: address."""

    def __init__(self, scratch, name, servers=None, fall=3):
        self.port, self.socket = free_port(), scratch.path / f"{name}.sock"
        self._words = f"check inter {CHECK['interval']}ms fastinter {CHECK['interval']}ms fall {fall} rise 1"
        lines = [f"    server {key} {address} {self._words}" for key, address in (servers or {}).items()]
        configuration = scratch.path / f"{name}.cfg"
        configuration.write_text(
            f"""
global
    stats socket {self.socket} mode 600 level admin
    noreuseport

defaults
    mode http
    option idle-close-on-response
    option redispatch 1
    retries 3
    balance leastconn
    timeout connect 1s
    timeout client 1h
    timeout server 1h
    timeout http-keep-alive 60s
    timeout queue 10s

frontend web
    bind 127.0.0.1:{self.port}
    default_backend web

backend web
    option httpchk
    http-check send meth GET uri {CHECK["path"]} ver HTTP/1.0
"""
            + "\n".join(lines)
            + "\n"
        )
        scratch.run(["haproxy", "-W", "-f", configuration], name)
        until(self.socket.exists, "HAProxy")
        self.url = f"http://127.0.0.1:{self.port}"

    def tell(self, line):
        """Says a line and returns the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            connection.sendall(line.encode() + b"\n")
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode()

    def servers(self):
        """Every server's row of the statistics, by name."""
        rows = csv.DictReader(self.tell("show stat").removeprefix("# ").splitlines())
        return {row["svname"]: row for row in rows if row["type"] == "2"}

    def add(self, name, address):
        """Lets requests reach a server."""
        for line in (f"add server web/{name} {address} {self._words}", f"enable health web/{name}",
                     f"enable server web/{name}"):  # fmt: skip
            self.tell(line)

    def drain(self, name):
        """Lets no new request reach it."""
        self.tell(f"set server web/{name} state drain")

    def is_drained(self, name):
        """Whether nothing is open any more."""
        row = self.servers().get(name)
        return row is None or int(row["scur"]) + int(row["qcur"]) == 0

    def remove(self, name):
        """Takes it out."""
        for line in (f"set server web/{name} state maint", f"shutdown sessions server web/{name}"):
            self.tell(line)
        until(lambda: "deleted" in self.tell(f"del server web/{name}") or name not in self.servers(), "removal",
              interval=0.005)  # fmt: skip
