"""Fixtures of the browser test: a server with a fresh data directory, a browser, somebody who is signed in."""

import os
import pathlib
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from looks import Looks
from sample import Sample
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAILURES = ROOT / ".demo" / "browser"

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def server():
    """Slipway itself, as built; stopped at the end, with everything that it brought up."""
    server = Server(os.environ.get("SLIPWAY_BINARY", ROOT / ".build" / "debug" / "slipway"))
    shutil.rmtree(FAILURES, ignore_errors=True)
    try:
        server.start()
        yield server
    finally:
        server.stop(keep_log=FAILURES / "server.log")


@pytest.fixture(scope="session")
def sample(server, tmp_path_factory):
    """The sample service as a git repository whose remote is the server; the commits come from the test."""
    return Sample(ROOT / "Examples" / "orders", tmp_path_factory.mktemp("orders"), server)


@pytest.fixture(scope="session")
def browser():
    """Debian's own Chromium, or the one that SLIPWAY_CHROMIUM names."""
    executable = os.environ.get("SLIPWAY_CHROMIUM") or shutil.which("chromium")
    assert executable, "there is no chromium: run scripts/install-packages --test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server, request):
    """A page of somebody who is not signed in. Errors of scripts, and answers of 500 on, fail the test."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("response", lambda answer: errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    yield page
    if request.session.testsfailed:
        FAILURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=FAILURES / f"{request.node.name}.png", full_page=True)
    context.close()
    assert errors == []


@pytest.fixture
def member(page, server):
    """A page of somebody who is signed in."""
    page.goto("/sign-in")
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password", exact=True).fill(server.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


@pytest.fixture
def looks(page):
    """Checks how the page looks, and takes its pictures where they are asked for."""
    looks = Looks(page, ROOT / "docs" / "screenshots")
    yield looks
    assert not looks.problems, "\n".join(looks.problems)
