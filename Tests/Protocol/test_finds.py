"""What the fuzz runs have found, once each."""

import time

import pytest

from wire import exchange, request

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def test_a_form_that_is_too_large_is_said_to_be(server):
    """It was a defect: 500."""
    answer = exchange(server.port, request("POST", "/sign-in", [FORM], b"account=" + b"x" * (3 << 19)))
    assert answer.status == 413


def test_a_request_of_git_that_breaks_off_is_no_defect(server, people):
    """It was one: 500."""
    headers = [
        ("Authorization", f"Bearer {people.tokens['viewer']}"), ("Content-Length", "5"),
        ("Content-Type", "application/x-git-upload-pack-request"),
    ]  # fmt: skip
    answer = exchange(server.port, request("POST", "/git/orders.git/git-upload-pack", headers, b"004a"))
    assert answer.status is None or answer.status == 400


@pytest.mark.parametrize(
    "sent",
    [
        request("POST", "/sign-in", [("Content-Type", "text/plain")], b"x" * (3 << 19)),
        request("POST", "/sign-in", [FORM], b"x" * (3 << 19), chunked=True),
        request("POST", "/apps", [("Content-Type", "x\0")], b"y" * (3 << 19)),
    ],
    ids=["answered early", "too large", "no HTTP"],
)
def test_a_connection_whose_request_was_not_read_is_closed(server, sent):
    """Each was open for as long as the server ran."""
    before = server.open_files()["socket"]
    for _ in range(10):
        exchange(server.port, sent)
    deadline = time.monotonic() + 20
    while server.open_files()["socket"] > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert server.open_files()["socket"] <= before


def test_a_misspelt_parameter_changes_nothing(server, people):
    """The secret would have been one of every environment."""
    session = people.sessions["admin"]
    answer = session.put(f"{server.url}/api/v1/secrets/A?enviroment=production", json={"value": "x"})
    assert answer.status_code == 400 and answer.json()["detail"] == "?enviroment= means nothing here"
    assert session.get(f"{server.url}/api/v1/secrets").json() == []
