#!/usr/bin/env python3
"""A constant load on one address of this machine, which counts every request that fails.

Closed loop: each client sends, waits for the answer, sends again, no faster than --pace. Classes:

    keep-alive   GET / on one connection that stays open
    new          GET / on a new connection each
    post         POST /echo on one connection that stays open
    slow         GET /slow?ms=800
    very-slow    GET /slow?ms=10000 (--very-slow-ms)
    websocket    a message on /ws every 100 ms, and its echo; one connection

A request has failed if the connection is refused or cut, the answer isn't 2xx or incomplete, or it takes longer than
--timeout. A keep-alive connection that the server closed while it was idle is opened again, as HTTP clients do for GET;
for POST, or when a request was sent already, it has failed. A WebSocket connection that ends is a cut, not a failure;
one that can't be made is a failure. A client whose request failed waits 20 ms.

It ends on SIGTERM, SIGINT, after --seconds, or when the file named by --until appears, and writes its result as JSON.
--marks names a file to which others append lines `begin SECONDS` and `end SECONDS` (since the epoch): latencies and
failures are then told apart in and out of these windows. --events is a file of JSON lines, written as things happen.

As a module:  load = Load("http://127.0.0.1:8080", {"keep-alive": 8}, pace=0.02);  asyncio.run(load.run(seconds=5));
load.result() is what the JSON holds; load.stop() ends it from a task or a signal handler.
"""

import argparse
import array
import asyncio
import base64
import hashlib
import ipaddress
import json
import math
import os
import re
import signal
import sys
import time
import urllib.parse

CLASSES = ["keep-alive", "new", "post", "slow", "very-slow", "websocket"]
KEPT_ERRORS = 20
BACKOFF = 0.02
MESSAGE_EVERY = 0.1
WEBSOCKET_ID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
REVISION = re.compile(rb'"revision":\s*"([^"]*)"')


class Broken(Exception):
    """A request that failed; the text says how."""


class Series:
    """What was measured of one class."""

    def __init__(self):
        self.starts = array.array("d")
        self.lengths = array.array("d")
        self.failures = []
        self.failed = 0
        self.statuses = {}
        self.revisions = {}
        self.reopened = 0
        self.cuts = []
        self.connects = 0
        self.unfinished = 0

    def answered(self, start, end, status, revision):
        """Counts a request that was answered in full."""
        self.starts.append(start)
        self.lengths.append(end - start)
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1
        if revision:
            self.saw(revision, end)

    def saw(self, revision, moment):
        """Keeps the first and the last time that a revision answered; returns whether it is new here."""
        known = self.revisions.get(revision)
        if known:
            known["last"], known["requests"] = moment, known["requests"] + 1
        else:
            self.revisions[revision] = {"first": moment, "last": moment, "requests": 1}
        return known is None

    def summary(self, windows):
        """The class as JSON holds it."""
        lengths = sorted(self.lengths)
        result = {
            "requests": len(self.starts) + self.failed,
            "failed": self.failed,
            "unfinished": self.unfinished,
            "statuses": self.statuses,
            **quantiles(lengths),
            "revisions": self.revisions,
            "reopened": self.reopened,
            "errors": self.failures[:KEPT_ERRORS],
        }
        if self.connects:
            result.update(connects=self.connects, cuts=len(self.cuts), cut=self.cuts)
        if windows is not None:
            inside, outside = [], []
            for start, length in zip(self.starts, self.lengths):
                (inside if overlaps(windows, start, start + length) else outside).append(length)
            for name, part, hit in [("in", inside, True), ("out", outside, False)]:
                failed = sum(overlaps(windows, f["time"], f["time"]) == hit for f in self.failures)
                result[name] = {"requests": len(part) + failed, "failed": failed, **quantiles(sorted(part))}
                if self.connects:
                    result[name]["cuts"] = sum(overlaps(windows, c["time"], c["time"]) == hit for c in self.cuts)
        return result


def quantiles(ordered):
    """Median, 99th percentile and maximum in milliseconds; null where nothing was measured."""
    def at(share):
        return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000, 2) if ordered else None
    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1)}


def overlaps(windows, start, end):
    """Whether any part of the time from start to end lies in a window."""
    return any(start <= stop and begin <= end for begin, stop in windows)


def read_marks(path):
    """Windows of a marks file; one that has no end yet lasts for ever."""
    windows, begin = [], None
    try:
        with open(path) as file:
            for line in file:
                words = line.split()
                if len(words) != 2:
                    continue
                if words[0] == "begin" and begin is None:
                    begin = float(words[1])
                elif words[0] == "end" and begin is not None:
                    windows.append((begin, float(words[1])))
                    begin = None
    except FileNotFoundError:
        pass
    return windows + ([(begin, math.inf)] if begin is not None else [])


class Load:
    """A load on one address; see the module."""

    def __init__(self, url, counts, pace=0.0, timeout=30.0, events=None, marks=None, post_bytes=256,
                 very_slow_ms=10_000):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80
        if parts.scheme != "http" or not ipaddress.ip_address(self.host).is_loopback:
            raise ValueError(f"{url} is no http address of this machine (http://127.0.0.1:PORT)")
        if unknown := set(counts) - set(CLASSES):
            raise ValueError(f"unknown classes: {', '.join(sorted(unknown))}")
        self.counts = {name: counts[name] for name in CLASSES if counts.get(name)}
        self.pace, self.timeout, self.marks = pace, timeout, marks
        self.series = {name: Series() for name in self.counts}
        self.very_slow_ms = very_slow_ms
        self.payload = (b"0123456789abcdef" * (post_bytes // 16 + 1))[:post_bytes]
        self.events = open(events, "a", buffering=1) if events else None
        self.started = self.ended = None
        self.stopping = asyncio.Event()
        self.begun = set()
        self.awaited = sum(count for name, count in self.counts.items() if name != "very-slow")

    # Running

    async def run(self, seconds=None, until=None):
        """Sends until told to stop; then waits up to a second for what is open."""
        self.started = time.time()
        self.event("started", clients=self.counts)
        clients = [
            asyncio.create_task(self.client(name, number))
            for name, count in self.counts.items() for number in range(count)
        ]
        try:
            end = self.started + seconds if seconds else math.inf
            while not self.stopping.is_set() and time.time() < end and not (until and os.path.exists(until)):
                try:
                    await asyncio.wait_for(self.stopping.wait(), min(0.1, max(0.001, end - time.time())))
                except asyncio.TimeoutError:
                    pass
                for task in clients:
                    if task.done():
                        task.result()
        finally:
            self.stopping.set()
            _, open_ones = await asyncio.wait(clients, timeout=1)
            for task in open_ones:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
            self.ended = time.time()
            self.event("ended")
            if self.events:
                self.events.close()
                self.events = None

    def stop(self):
        """Ends the load."""
        self.stopping.set()

    def result(self):
        """What was measured so far."""
        windows = read_marks(self.marks) if self.marks else None
        classes = {name: series.summary(windows) for name, series in self.series.items()}
        ended = self.ended or time.time()
        requests = sum(c["requests"] for c in classes.values())
        return {
            "address": f"http://{self.host}:{self.port}", "clients": self.counts, "pace": self.pace,
            "started": self.started, "ended": ended, "seconds": round(ended - self.started, 3),
            "requests": requests, "per_second": round(requests / max(0.001, ended - self.started), 1),
            "failed": sum(c["failed"] for c in classes.values()), "windows": windows, "classes": classes,
        }

    def event(self, what, **more):
        """Appends a line to the events file."""
        if self.events:
            self.events.write(json.dumps({"time": time.time(), "what": what, **more}) + "\n")

    # Clients

    async def client(self, name, number):
        """One client of a class."""
        work = self.websocket if name == "websocket" else self.requests
        every = max(MESSAGE_EVERY, self.pace) if name == "websocket" else self.pace
        await asyncio.sleep(every * number / self.counts[name])    # not all at the same instant
        try:
            await work(name, number, self.series[name])
        except asyncio.CancelledError:
            self.series[name].unfinished += 1
            raise

    async def requests(self, name, number, series):
        """Sends requests of a class, one after another."""
        data, stays = self.request(name), name not in ("new",)
        timeout = self.timeout + (10 if name == "very-slow" else 0)
        connection = None
        while not self.stopping.is_set():
            start = time.time()
            try:
                async with asyncio.timeout(timeout):
                    if connection and connection[0].at_eof():
                        close(connection)
                        connection = None
                        if name == "post":
                            raise Broken("the idle connection was closed")
                        series.reopened += 1
                    if not connection:
                        connection = await asyncio.open_connection(self.host, self.port)
                    status, body, closes = await exchange(connection, data)
                if not 200 <= status < 300:
                    raise Broken(f"status {status}")
                if name == "post" and self.payload not in body:
                    raise Broken("the answer isn't what was sent")
                found = REVISION.search(body)
                self.answered(name, number, series, start, status, found.group(1).decode() if found else None)
                if closes or not stays:
                    close(connection)
                    connection = None
            except (Broken, OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
                if connection:
                    close(connection)
                    connection = None
                await self.failed(name, number, series, start, error)
                continue
            await self.rest(self.pace - (time.time() - start))
        if connection:
            close(connection)

    async def websocket(self, name, number, series):
        """Keeps one WebSocket connection and sends a message on it every 100 ms."""
        count = 0
        while not self.stopping.is_set():
            start = time.time()
            connection = None
            try:
                async with asyncio.timeout(self.timeout):
                    connection = await asyncio.open_connection(self.host, self.port)
                    await handshake(connection, self.host, self.port)
            except (Broken, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                if connection:
                    close(connection)
                await self.failed(name, number, series, start, error)
                continue
            series.connects += 1
            try:
                while not self.stopping.is_set():
                    start, count = time.time(), count + 1
                    text = f"message {count} of client {number}"
                    async with asyncio.timeout(self.timeout):
                        revision = await echo(connection, text)
                    self.answered(name, number, series, start, 101, revision)
                    await self.rest(max(MESSAGE_EVERY, self.pace) - (time.time() - start))
                    if connection[0].at_eof():
                        raise Broken("cut while idle")
            except (Broken, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                what = describe(error)
                series.cuts.append({"time": time.time(), "client": number, "what": what})
                self.event("cut", **{"class": name}, client=number, error=what)
                await self.rest(BACKOFF)
            finally:
                close(connection)

    def answered(self, name, number, series, start, status, revision):
        """Counts an answered request; says when every client but the very slow has had one."""
        end = time.time()
        is_new = revision and revision not in series.revisions
        series.answered(start, end, status, revision)
        if is_new:
            self.event("revision", **{"class": name}, revision=revision)
        if len(self.begun) < self.awaited and name != "very-slow":
            self.begun.add((name, number))
            if len(self.begun) == self.awaited:
                self.event("all clients answered")

    async def failed(self, name, number, series, start, error):
        """Counts a failed request and backs off."""
        what = describe(error)
        series.failed += 1
        series.failures.append({"time": time.time(), "client": number, "what": what, "after_ms": since(start)})
        self.event("failed", **{"class": name}, client=number, error=what, after_ms=since(start))
        await self.rest(BACKOFF)

    async def rest(self, seconds):
        """Waits, 200 ms at most, so that the load ends soon after it was told to."""
        await asyncio.sleep(max(0, min(seconds, 0.2)))

    def request(self, name):
        """The bytes that a client of this class sends."""
        path = {"slow": "/slow?ms=800", "very-slow": f"/slow?ms={self.very_slow_ms}", "post": "/echo"}.get(name, "/")
        lines = [
            f"{'POST' if name == 'post' else 'GET'} {path} HTTP/1.1", f"Host: {self.host}:{self.port}",
            f"Connection: {'close' if name == 'new' else 'keep-alive'}",
        ]
        if name == "post":
            lines += ["Content-Type: text/plain", f"Content-Length: {len(self.payload)}"]
        return "\r\n".join(lines + ["", ""]).encode() + (self.payload if name == "post" else b"")


# Over the wire

async def exchange(connection, data):
    """Sends a request and reads its whole answer: status, body, and whether the connection ends with it."""
    reader, writer = connection
    writer.write(data)
    status, headers = await read_head(reader)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read()
        return status, body, True
    return status, body, headers.get("connection", "").lower() == "close"


async def read_head(reader):
    """Status and headers of an answer."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        raise Broken("cut in the middle of the head" if error.partial else "closed without an answer") from None
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) < 2 or not words[1].isdigit():
        raise Broken(f"no HTTP: {lines[0][:80]!r}")
    headers = {}
    for line in lines[1:]:
        key, colon, value = line.partition(":")
        if colon:
            headers[key.strip().lower()] = value.strip()
    return int(words[1]), headers


async def handshake(connection, host, port):
    """Turns a connection into a WebSocket (RFC 6455, 4.1)."""
    reader, writer = connection
    key = base64.b64encode(os.urandom(16))
    writer.write(b"GET /ws HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (host.encode(), port, key))
    status, headers = await read_head(reader)
    if status != 101:
        raise Broken(f"status {status} instead of 101")
    expected = base64.b64encode(hashlib.sha1(key + WEBSOCKET_ID).digest()).decode()
    if headers.get("sec-websocket-accept") != expected:
        raise Broken("wrong Sec-WebSocket-Accept")


async def echo(connection, text):
    """Sends a text message, awaits its echo `REVISION TEXT`, and returns the revision."""
    reader, writer = connection
    data, mask = text.encode(), os.urandom(4)
    size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xFE]) + len(data).to_bytes(2, "big")
    writer.write(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        body = await reader.readexactly(length)
        opcode = first & 0x0F
        if opcode == 8:
            raise Broken(f"closed with code {int.from_bytes(body[:2], 'big')}")
        if opcode == 9:
            writer.write(b"\x8A\x80" + os.urandom(4) if not body else b"")
        elif opcode == 1:
            revision, _, rest = body.decode().partition(" ")
            if rest != text:
                raise Broken(f"wrong echo {rest[:40]!r}")
            return revision


def close(connection):
    """Closes without waiting."""
    connection[1].transport.abort() if connection[0].exception() else connection[1].close()


def describe(error):
    """An error in a few words."""
    if isinstance(error, Broken):
        return str(error)
    if isinstance(error, asyncio.IncompleteReadError):
        return f"cut after {len(error.partial)} bytes" if error.partial else "closed"
    if isinstance(error, TimeoutError):
        return "timed out"
    return f"{type(error).__name__}: {error.strerror or error}" if isinstance(error, OSError) else repr(error)


def since(start):
    """Milliseconds since a moment."""
    return round((time.time() - start) * 1000, 1)


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="http://127.0.0.1:PORT")
    for name in CLASSES:
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N", help=f"clients of the class {name}")
    parser.add_argument("--pace", type=float, default=0.0, help="least seconds between two requests of a client")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds after which a request has failed")
    parser.add_argument("--very-slow-ms", type=int, default=10_000, help="what a request of the class very-slow takes")
    parser.add_argument("--seconds", type=float, help="how long")
    parser.add_argument("--until", metavar="FILE", help="ends when this file appears")
    parser.add_argument("--json", metavar="FILE", help="where the result goes (else to standard output)")
    parser.add_argument("--events", metavar="FILE", help="JSON lines, as things happen")
    parser.add_argument("--marks", metavar="FILE", help="windows, written by others")
    return parser.parse_args(arguments)


async def main(options):
    """Runs a load as the command line says."""
    counts = {name: getattr(options, name.replace("-", "_")) for name in CLASSES}
    load = Load(options.url, counts, options.pace, options.timeout, options.events, options.marks,
                very_slow_ms=options.very_slow_ms)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, load.stop)
    await load.run(options.seconds, options.until)
    text = json.dumps(load.result(), indent=2)
    if options.json:
        with open(options.json + ".new", "w") as file:
            file.write(text + "\n")
        os.replace(options.json + ".new", options.json)
    else:
        print(text)


if __name__ == "__main__":
    asyncio.run(main(parse(sys.argv[1:])))
