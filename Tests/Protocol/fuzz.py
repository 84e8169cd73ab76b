"""What the fuzz run sends: each case is made of one number, so that it can be sent again."""

import base64
import gzip
import random
import zlib

from mutations import ODD, is_same_token, spoil
from wire import exchange, request

PAGES = ["/", "/apps", "/apps/orders", "/account", "/people", "/audit", "/targets/orders/production", "/secrets"]
CALLS = [
    ("GET", "/api/v1/apps"), ("GET", "/api/v1/tokens"), ("GET", "/api/v1/apps/orders"), ("GET", "/api/v1/openapi.json"),
    ("POST", "/api/v1/apps/orders/refresh"), ("DELETE", "/api/v1/apps/orders"), ("GET", "/api/v1/audit.jsonl"),
    ("GET", "/git/orders.git/info/refs?service=git-upload-pack"), ("POST", "/git/orders.git/git-receive-pack"),
]  # fmt: skip
FORMS = ["/apps", "/people/teams", "/people/grants", "/people/accounts", "/secrets", "/account/password"]
# What an admin may send as often as they like, since nobody gains by it.
HARMLESS = ["/people/teams", "/secrets", "/apps/orders/secrets", "/secrets/remove", "/account/tokens"]
ZERO = "0" * 40
OPEN = ["/sign-in", "/healthz", "/readyz", "/assets/"]


class Case:
    """Something to send, and what must be true of its answer."""

    def __init__(self, sent, what, must_fail=False, cut_off=False, patience=10):
        self.sent = sent
        self.what = what
        self.must_fail = must_fail
        self.cut_off = cut_off
        self.patience = patience

    def send(self, port):
        return exchange(port, self.sent, self.patience, self.cut_off)


def case(number, seed, people):
    choice = random.Random(f"{seed}/{number}")
    return choice.choice([credentials, credentials, form, form, sign_in, git, git, git, raw])(choice, people)


# Who asks


def credentials(choice, people):
    """A cookie or a token that is nearly right: it must open nothing."""
    method, path = choice.choice([("GET", page) for page in PAGES] + CALLS)
    token = people.tokens["admin"].encode()
    cookie = people.sessions["admin"].cookies["slipway_session"].encode()
    bad_token, bad_cookie = spoil(choice, token), spoil(choice, cookie)
    if is_same_token(bad_token, token) or is_same_token(bad_cookie, cookie):
        bad_token, bad_cookie = token + b"x", cookie[:-1]
    scheme = choice.choice([b"Bearer", b"bearer", b"Basic", b"Digest", b"Bearer Bearer", b"\xff", b""])
    basic = base64.b64encode(b"any:" + bad_token)
    headers = choice.choice(
        [
            [("Authorization", scheme + b" " + bad_token)],
            [("Authorization", b"Basic " + basic)],
            [("Authorization", b"Basic " + spoil(choice, basic[:10]))],
            [("Authorization", bad_token)],
            [("Authorization", choice.choice(ODD))],
            [("Cookie", b"slipway_session=" + bad_cookie.replace(b";", b""))],
            [("Cookie", b"slipway_session=" + choice.choice(ODD))],
            [("Cookie", spoil(choice, b"slipway_session=" + bad_cookie))],
            [("Cookie", b"; ".join(b"c%d=%d" % (index, index) for index in range(choice.choice([1, 50, 400]))))],
            [("Authorization", b"Bearer " + bad_token), ("Cookie", b"slipway_session=" + bad_cookie)],
            [],
        ]
    )
    return Case(request(method, path, headers, b"" if method == "POST" else None), f"{method} {path} {headers}", True)


# Forms


def body_of_form(choice, fields):
    """The fields as a browser sends them, or not quite."""
    body = b"&".join(name + b"=" + value for name, value in fields)
    kinds = [b"application/x-www-form-urlencoded"] * 4 + [
        b"application/x-www-form-urlencoded; charset=utf-16", b"APPLICATION/X-WWW-FORM-URLENCODED", b"text/plain",
        b"multipart/form-data; boundary=x", b"application/json", b"", b"application/x-www-form-urlencoded\x00",
    ]  # fmt: skip
    match choice.randrange(8):
        case 0:
            body = spoil(choice, body)
        case 1:
            body = body.decode("latin-1").encode("utf-16")
        case 2:
            body += b"&x=" + b"y" * (3 << 19)
        case 3:
            body += b"&a=b" * 50_000
    return body, [("Content-Type", choice.choice(kinds))]


def sign_in(choice, people):
    """The form that everybody may send, with a password that is wrong."""
    fields = [(b"account", choice.choice([b"admin", b"ada", *ODD])), (b"password", choice.choice(ODD))]
    fields += [(b"next", choice.choice([b"//evil.example", b"/apps", b"https://evil.example", *ODD]))]
    body, headers = body_of_form(choice, fields)
    return Case(request("POST", "/sign-in", headers, body), f"POST /sign-in {fields} {headers}", True)


def form(choice, people):
    """A form of a page: without its CSRF token, or from another session, it must do nothing."""
    who = choice.choice(["admin", "viewer", None])
    is_allowed = who == "admin" and choice.random() < 0.4
    path = choice.choice(HARMLESS if is_allowed else FORMS)
    fields = [
        (name, choice.choice([b"orders", b"viewer", b"production", b"FUZZ", *ODD]))
        for name in [b"name", b"account", b"app", b"environment", b"allows", b"value", b"password", b"url"]
        if choice.random() < 0.6
    ]
    other = people.sessions["deployer"].headers["X-CSRF-Token"].encode()
    right = people.sessions[who].headers["X-CSRF-Token"].encode() if who else other
    csrf = choice.choice([None, other, b"", b"old", spoil(choice, right, 1), *([right] if who == "viewer" else [])])
    if is_allowed:
        fields.append((b"csrf", right))
    elif csrf is not None and not (csrf == right and who != "viewer"):
        fields.append((b"csrf", csrf.replace(b"&", b"")))
    body, headers = body_of_form(choice, fields)
    if who:
        cookie = people.sessions[who].cookies["slipway_session"]
        headers.append(("Cookie", f"slipway_session={cookie}"))
    # Their own password, with the right token, is theirs to change: the old one that they give isn't right.
    sent = request("POST", path, headers, body, chunked=choice.random() < 0.2)
    return Case(sent, f"{who}: POST {path} {fields} {headers}", not is_allowed)


# Git


def line(text):
    """A pkt-line."""
    return b"%04x" % (len(text) + 4) + text


def body_of_git(choice):
    """What git would send, and then not quite."""
    push = line(f"{ZERO} {'1' * 40} refs/heads/{choice.choice(['main', '../x', 'a' * 300])}\0report-status\n".encode())
    pack = b"PACK" + (2).to_bytes(4, "big") + choice.choice([0, 1, 3, 2**31, 2**32 - 1]).to_bytes(4, "big")
    objects = b"".join(bytes([0x30 | choice.randrange(16)]) + zlib.compress(b"x" * 15) for _ in range(3))
    body = choice.choice(
        [
            push + b"0000" + pack + objects, push + b"0000", push + b"0000" + pack, b"0000", b"", b"0001", b"ffff", b"fff0",
            line(b"want " + b"1" * 40 + b" side-band-64k ofs-delta\n") + b"0000" + line(b"done\n"),
            line(b"command=ls-refs\n") + b"0001" + line(b"peel\n") + b"0000", line(b"command=fetch\n") + b"0001",
            line(b"deepen 99999999999\n") + b"0000", line(f"shallow {ZERO}\n".encode()) * 200,
        ]
    )  # fmt: skip
    return spoil(choice, body) if choice.random() < 0.6 else body


def git(choice, people):
    """Git's smart HTTP, spoilt."""
    who = choice.choice([None, "viewer", "deployer", "deployer", "nobody"])
    name = choice.choice(
        ["orders.git"] * 6 + [
            "billing.git", "none.git", "..", "../orders.git", "%2e%2e%2forders.git", "orders.git%00", "orders",
            "orders.git/../billing.git", "orders.git%2f..%2fbilling.git", "\udcff.git", "a" * 3000 + ".git", ".git",
        ]
    )  # fmt: skip
    service = choice.choice(["git-upload-pack", "git-receive-pack"])
    headers = [("Git-Protocol", choice.choice(["version=2", "version=1", "version=99", "x" * 3000]))]
    if who:
        headers.append(("Authorization", b"Basic " + base64.b64encode(f"any:{people.tokens[who]}".encode())))
    if choice.random() < 0.25:
        query = choice.choice(
            [f"service={service}", f"service={service}&x", "service=git-evil", "service=", "", f"service={service}%00",
             "service=git-upload-archive", f"x=1&service={service}", "service=git-upload-pack;id"]
        )  # fmt: skip
        sent = request("GET", f"/git/{name}/info/refs?{query}", headers)
        return Case(sent, f"{who}: GET {name} {query}", who in (None, "nobody"))
    body = body_of_git(choice)
    headers.append(("Content-Type", choice.choice([f"application/x-{service}-request"] * 5 + ["text/plain", ""])))
    match choice.randrange(8):
        case 0:
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        case 1:  # a hundred kilobytes that become a hundred megabytes, or nothing at all
            is_bomb = choice.random() < 0.1
            body = gzip.compress(body + b"\0" * (100 << 20)) if is_bomb else spoil(choice, gzip.compress(body))
            headers.append(("Content-Encoding", "gzip"))
        case 2:
            headers.append(("Content-Encoding", choice.choice(["br", "gzip, gzip", "identity", "x"])))
        case 3:
            headers.append(("Content-Length", str(len(body) + choice.choice([1, 1000, 2**40]))))
    sent = request("POST", f"/git/{name}/{service}", headers, body, chunked=choice.random() < 0.3)
    if choice.random() < 0.2:
        sent = sent[: choice.randint(0, len(sent))]
    is_refused = who in (None, "nobody") or (who == "viewer" and service == "git-receive-pack")
    return Case(sent, f"{who}: POST {name} {service} {headers} {body[:80]}", is_refused, choice.random() < 0.1)


# Not HTTP


def raw(choice, people):
    """Bytes on the socket."""
    good = request("GET", choice.choice(["/healthz", "/api/v1/apps", "/sign-in"]))
    post = request("POST", "/api/v1/apps", [("Content-Type", "application/json")], b'{"name":"x"}')
    sent = choice.choice(
        [
            spoil(choice, good), spoil(choice, post), good * 3, post + good, good[:-2],
            b"GET /\xff\xfe%ff HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET /\r\n\r\n",
            b"GET " + b"/a" * 50_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"GET /api/v1/apps?" + b"a=b&" * 10_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            request("GET", "/healthz", [("X", "y" * 200_000)]), request("GET", "/healthz", [("X", "y")] * 3000),
            request("POST", "/sign-in", [("Content-Length", "-1")], b"x"),
            request("POST", "/sign-in", [("Content-Length", "1"), ("Content-Length", "2")], b"xx"),
            request("POST", "/sign-in", [("Content-Length", "3"), ("Transfer-Encoding", "chunked")], b"0\r\n\r\nGET /"),
            request("POST", "/sign-in", [("Transfer-Encoding", "chunked")], b"ffffffffffffffff\r\nx"),
            request("POST", "/sign-in", [("Transfer-Encoding", "chunked")], b"zz\r\nx\r\n"),
            request("POST", "/sign-in", [("Transfer-Encoding", "gzip")], b"x"),
            request(choice.choice(["OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "X" * 5000, "get"]), "/api/v1/apps"),
            request("OPTIONS", "*"), request("GET", "http://evil.example/api/v1/apps"), request("GET", "//api/v1/apps"),
            request("GET", "/healthz", [("Expect", "100-continue"), ("Upgrade", "h2c")], b"x"),
            request("GET", "/api/v1/../../etc/passwd"), request("GET", "/assets/../../etc/passwd"), request("GET", ""),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\n" * 1000, b"\x00" * 1000, b"",
            bytes(choice.randrange(256) for _ in range(choice.randint(1, 400))),
        ]
    )  # fmt: skip
    return Case(sent, f"raw {sent[:200]}", cut_off=choice.random() < 0.1)
