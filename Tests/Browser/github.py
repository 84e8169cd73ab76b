"""A GitHub for the time of a test: its sign-in, and as much of its API as Slipway asks."""

import base64
import hashlib
import json
import secrets
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "github-client-secret"


class GitHub(ThreadingHTTPServer):
    """`person` is who has an account there and presses Authorize."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person = {"id": 583231, "login": "octo", "organizations": ["acme"]}
        self.challenges = {}

    def __enter__(self):
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        person = self.server.person
        if address.path == "/login/oauth/authorize":
            code = secrets.token_hex()
            self.server.challenges[code] = query["code_challenge"]
            back = query["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": query["state"]})
            return self.reply(200, f'<!doctype html><a href="{back.replace("&", "&amp;")}">Authorize</a>', "text/html")
        if self.headers["Authorization"] != "Bearer gho_test":
            return self.reply(401, "{}")
        answers = {
            "/api/v3/user": {"id": person["id"], "login": person["login"]},
            "/api/v3/user/emails": [{"email": "octo@acme.example", "primary": True, "verified": True}],
            "/api/v3/user/orgs": [{"login": name} for name in person["organizations"]],
            "/api/v3/user/teams": [],
        }
        answer = answers.get(address.path)
        return self.reply(404 if answer is None else 200, json.dumps(answer))

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_good = form["client_secret"] == SECRET and self.server.challenges.pop(form["code"], None) == challenge
        answer = {"access_token": "gho_test", "token_type": "bearer"} if is_good else {"error": "bad_verification_code"}
        self.reply(200, json.dumps(answer))

    def reply(self, status, text, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass
