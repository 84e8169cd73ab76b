"""Everybody who may ask, as the columns of docs/permissions.md have them, and what there is to ask for."""

import json
import re

import requests

DATE = "2026-01-01 00:00:00.000"
SHA = "a" * 40
APPS = ["orders", "billing"]
ENVIRONMENTS = ["production", "staging"]
PASSWORD = "correct horse battery"
ACCOUNTS = ["nobody", "viewer", "deployer", "bounded", "admin2"]


class People:
    """Two apps in two environments with some work of each, and a token for each who asks."""

    def __init__(self, server):
        self.server = server
        self.tokens = {}
        self.sessions = {}
        self.count = 0
        self.session("admin", server.password)
        self.make("environments", {"name": "staging", "socket": str(server.folder / "no.sock")})
        for name in APPS:
            self.make("apps", {"name": name})
        self.insert_work()
        for name in ACCOUNTS:
            self.make("accounts", {"name": name, "password": PASSWORD})
        for name, role, app in [
            ("viewer", "viewer", None), ("deployer", "deployer", None), ("bounded", "deployer", "orders"),
            ("admin2", "admin", None),
        ]:  # fmt: skip
            self.make("grants", {"account": name, "allows": role} | ({"app": app} if app else {}))
        for name in ACCOUNTS:
            self.session(name, PASSWORD)
            self.tokens[name] = self.make("tokens", {"name": "test"}, name)["token"]
        self.tokens["admin"] = self.tokens.pop("admin2")
        self.tokens["script"] = server.script_token(1, 1)

    def session(self, name, password):
        """Signs in with the form that people use."""
        session = requests.Session()
        answer = session.post(
            f"{self.server.url}/sign-in", data={"account": name, "password": password}, allow_redirects=False
        )
        assert answer.status_code == 303, f"{name} can't sign in: {answer.status_code}"
        page = session.get(f"{self.server.url}/account").text
        session.headers["X-CSRF-Token"] = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        self.sessions[name] = session

    def make(self, what, body, who="admin"):
        answer = self.sessions[who].post(
            f"{self.server.url}/api/v1/{what}", data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 201, f"{what} {body}: {answer.text}"
        return answer.json()

    def fresh(self, kind):
        """A thing that may be destroyed; its name or number."""
        self.count += 1
        name = f"throw-away-{self.count}"
        if kind == "grants":
            self.make("teams", {"name": name})
            return self.make("grants", {"allows": "viewer", "team": name})["id"]
        if kind == "tokens":
            self.make("tokens", {"name": name})
            return self.sessions["admin"].get(f"{self.server.url}/api/v1/tokens").json()[-1]["id"]
        self.make(kind, {"name": name})
        return name

    def insert_work(self):
        """A commit, a build, a deploy and a rollout that have ended, of each app."""
        with self.server.database() as database:
            for number, _ in enumerate(APPS, start=1):
                database.execute(
                    'INSERT INTO "commit" (appID, sha, authorName, authorEmail, committedAt, title, body, additions,'
                    " deletions, position, seenAt) VALUES (?, ?, 'Ada', 'a@example.com', ?, 'First', '', 1, 0, 1, ?)",
                    (number, SHA, DATE, DATE),
                )
                database.execute(
                    "INSERT INTO build (appID, sha, attempt, state, queuedAt) VALUES (?, ?, 1, 'failed', ?)",
                    (number, SHA, DATE),
                )
                target = database.execute(
                    "SELECT id FROM target WHERE appID = ? AND environmentID = 1", (number,)
                ).fetchone()[0]
                database.execute(
                    "INSERT INTO deploy (targetID, kind, sha, state, requestedBy, verification, queuedAt)"
                    " VALUES (?, 'deploy', ?, 'failed', 'ada', '{\"nothingVerified\":{}}', ?)",
                    (target, SHA, DATE),
                )
                database.execute(
                    "INSERT INTO rollout (environmentID, stack, service, spec, options, state, queuedAt)"
                    " VALUES (?, 'web', 'web', ?, ?, 'done', ?)",
                    (number, json.dumps(SPEC), json.dumps(OPTIONS), DATE),
                )


SPEC = {
    "name": "web", "image": "x:1", "scale": 1, "environment": {}, "labels": {}, "ports": [], "volumes": [], "links": [],
    "externalLinks": [], "extraHosts": [], "dns": [], "tty": False, "stdinOpen": False, "privileged": False,
    "readOnly": False, "capAdd": [], "capDrop": [], "initProcess": True, "alwaysPull": False, "retainIP": False,
}  # fmt: skip
OPTIONS = {
    "batchSize": 1, "interval": 0, "settle": 10, "deadline": 1000, "drain": 10, "park": 10,
}  # fmt: skip
