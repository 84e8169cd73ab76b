"""HTTP by hand: what is sent may be anything, and what comes back is read as far as it goes."""

import socket

LARGEST_ANSWER = 1 << 20
# As the server is called.
HOST = "127.0.0.1"


class Answer:
    def __init__(self, received):
        self.received = received
        head, _, self.body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        words = lines[0].split(b" ")
        is_http = received.startswith(b"HTTP/1.") and len(words) > 1 and words[1].isdigit()
        self.status = int(words[1]) if is_http else None
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            self.headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")


def exchange(port, sent, patience=10, cut_off=False):
    """Sends bytes and returns what came back, which may be nothing. `cut_off`: hangs up without listening."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as wire:
        try:
            wire.sendall(sent)
            if cut_off:
                return Answer(b"")
            # What isn't whole shall not be waited for.
            wire.shutdown(socket.SHUT_WR)
            while len(received) < LARGEST_ANSWER and (piece := wire.recv(65536)):
                received += piece
        except OSError:  # refused in the middle, or nothing more came
            pass
    return Answer(received)


def request(method, path, headers=(), body=None, chunked=False):
    """A request of bytes: nothing in it is held to any rule. Headers are pairs of text or bytes."""
    lines = [to_bytes(method) + b" " + to_bytes(path) + b" HTTP/1.1", b"Host: " + to_bytes(HOST), b"Connection: close"]
    lines += [to_bytes(name) + b": " + to_bytes(value) for name, value in headers]
    names = {to_bytes(name).lower() for name, _ in headers}
    if body is not None and chunked:
        lines.append(b"Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts(body)) + b"0\r\n\r\n"
    elif body is not None and b"content-length" not in names and b"transfer-encoding" not in names:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def parts(body, size=1000):
    return [body[start : start + size] for start in range(0, len(body), size)]


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
