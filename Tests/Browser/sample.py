"""The sample service as somebody's repository."""

import os
import shutil
import subprocess
import uuid

from server import free_port


class Sample:
    """A copy of Examples/orders with a port, a stack and a volume of its own, so that it runs beside a demo."""

    def __init__(self, source, folder, server):
        self.folder, self.server = folder, server
        self.port = free_port()
        name = uuid.uuid4().hex[:6]
        # Pictures are made by hand, one run at a time: there the name may be one that people would choose.
        self.stack = "webshop" if os.environ.get("SLIPWAY_SCREENSHOTS") == "1" else f"shop-{name}"
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "reports")
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=ignored)
        self.edit("deploy/docker_compose.yml", "127.0.0.1:8090:", f"127.0.0.1:{self.port}:")
        self.edit("deploy/docker_compose.yml", "orders-data:", f"orders-data-{name}:")
        self.edit("deploy/deploy.sh", "--stack shop", f"--stack {self.stack}")
        self.git("init", "-q", "-b", "main")

    @property
    def address(self):
        """Where the service answers once it is deployed."""
        return f"http://127.0.0.1:{self.port}"

    def edit(self, path, old, new):
        """Replaces a text in a file; it must be there."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, f"{path} does not have {old}"
        file.write_text(text.replace(old, new))

    def commit(self, title, author):
        """Commits everything and returns the SHA."""
        mail = author.lower().replace(" ", ".") + "@example.com"
        self.git("add", "-A")
        self.git("-c", f"user.name={author}", "-c", f"user.email={mail}", "commit", "-q", "-m", title)
        sha = self.git("rev-parse", "HEAD").strip()
        self.server.revisions.append(sha)
        return sha

    def push(self, token):
        """Pushes main to Slipway over HTTP; the token is the password, and appears in no argument."""
        helper = '!f() { echo username=git; echo "password=$SLIPWAY_TOKEN"; }; f'
        self.git(
            "-c", "credential.helper=", "-c", f"credential.helper={helper}",
            "push", "-q", f"{self.server.url}/git/orders.git", "main", SLIPWAY_TOKEN=token,
        )  # fmt: skip

    def git(self, *arguments, **environment):
        settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments], env=os.environ | settings | environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"git {arguments[0]}: {done.stderr}"
        return done.stdout
