"""Requests that never stop, as a service's users make them."""

import contextlib
import json
import threading
import urllib.request


class Traffic:
    """Asks an address over and over, and keeps what was answered."""

    def __init__(self, url):
        self.url, self.revisions, self.failures, self.count = url, [], [], 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(0.02):
            self.count += 1
            try:
                revision = ask(self.url)["revision"]
                if revision not in self.revisions:
                    self.revisions.append(revision)
            except Exception as error:  # whatever a user would see
                self.failures.append(repr(error))


def ask(url):
    """The JSON that an address answers."""
    with contextlib.closing(urllib.request.urlopen(url, timeout=10)) as answer:
        return json.load(answer)
