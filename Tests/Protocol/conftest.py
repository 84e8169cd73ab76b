"""A server that lasts for the run of the tests, and everybody who asks it: passwords cost time."""

import os
import pathlib

import pytest

from people import People
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def server():
    """Debian's git and a debug build; SLIPWAY_BINARY names another."""
    server = Server(os.environ.get("SLIPWAY_BINARY", ROOT / ".build" / "debug" / "slipway"))
    try:
        server.start()
        yield server
        assert server.is_well(), f"the server does not answer any more:\n{server.words()[-4000:]}"
    finally:
        server.stop()


@pytest.fixture(scope="session")
def people(server):
    return People(server)
