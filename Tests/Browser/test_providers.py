"""Signing in through providers: a real OpenID provider and a stub of GitHub, in a real browser."""

import os
import re
import ssl
import subprocess

import oidc_provider_mock
import pytest
from playwright.sync_api import expect

from conftest import FAILURES, ROOT
from github import SECRET, GitHub
from looks import Looks
from server import Server

FILE = """
providers:
  - name: github
    kind: github
    url: {github}
    client_id: slipway
    client_secret: {{file: {folder}/github}}
    allow: {{organizations: [acme]}}
  - name: acme
    kind: openid
    title: Acme
    issuer: {issuer}
    client_id: slipway
    client_secret: {{variable: ACME_CLIENT_SECRET}}
    allow: {{domains: [acme.example]}}
"""


def binary():
    return os.environ.get("SLIPWAY_BINARY", ROOT / ".build" / "debug" / "slipway")


def person(name, email, verified=True):
    claims = {"preferred_username": name, "email": email, "email_verified": verified}
    return oidc_provider_mock.User(sub=name, claims=claims)


@pytest.fixture(scope="module")
def issuer():
    people = [
        person("ada", "ada@acme.example"), person("mallory", "mallory@evil.example"),
        person("eve", "eve@acme.example", verified=False),
    ]  # fmt: skip
    with oidc_provider_mock.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def github():
    with GitHub() as github:
        yield github


@pytest.fixture(scope="module")
def slipway(issuer, github, tmp_path_factory):
    """A server that takes people from both."""
    folder = tmp_path_factory.mktemp("sign-in")
    (folder / "github").write_text(SECRET)
    (folder / "sign-in.yml").write_text(FILE.format(github=github.url, issuer=issuer, folder=folder))
    os.environ["ACME_CLIENT_SECRET"] = "acme-client-secret"
    server = Server(binary(), "--sign-in", str(folder / "sign-in.yml"))
    try:
        server.start()
        yield server
    finally:
        del os.environ["ACME_CLIENT_SECRET"]
        server.stop(keep_log=FAILURES / "providers.log")


@pytest.fixture
def visitor(browser, slipway):
    """A page of a browser that nobody has used."""
    context = browser.new_context(base_url=slipway.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in_at_acme(page, name):
    page.goto("/environments")
    page.get_by_role("link", name="Sign in with Acme").click()
    page.wait_for_url("**/oauth2/authorize?*")
    page.get_by_role("button", name=name, exact=True).first.click()


def test_somebody_signs_in_through_an_openid_provider(visitor, slipway):
    sign_in_at_acme(visitor, "ada")
    expect(visitor).to_have_url(f"{slipway.url}/environments")
    expect(visitor.locator("header")).to_contain_text("ada")
    visitor.goto("/account")
    expect(visitor.locator("main")).to_contain_text("signs in through acme")
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies(slipway.url)}
    assert set(cookies) == {"slipway_session"}, "the cookie of the sign-in is gone"
    assert cookies["slipway_session"]["httpOnly"] and cookies["slipway_session"]["sameSite"] == "Lax"
    assert "ada" in slipway.command("users") and "acme" in slipway.command("users")
    visitor.get_by_role("button", name="Sign out", exact=True).click()
    expect(visitor).to_have_url(re.compile("/sign-in"))
    entries = slipway.command("audit")
    assert "session.start" in entries and "session.end" in entries


@pytest.mark.parametrize("name", ["mallory", "eve"])
def test_who_is_not_allowed_is_refused_in_a_sentence(visitor, slipway, name):
    sign_in_at_acme(visitor, name)
    expect(visitor).to_have_url(re.compile("/sign-in/acme/callback"))
    expect(visitor.get_by_role("status")).to_contain_text(f"{name} of Acme may not come in")
    visitor.goto("/environments")
    expect(visitor).to_have_url(re.compile("/sign-in"))
    assert name not in slipway.command("users")
    assert "none of allow.domains fits" in slipway.log.read_text()


def test_an_answer_is_good_once(visitor, slipway):
    answers = []
    visitor.on("request", lambda request: answers.append(request.url) if "/callback?" in request.url else None)
    sign_in_at_acme(visitor, "ada")
    expect(visitor).to_have_url(f"{slipway.url}/environments")
    visitor.goto(answers[0])
    expect(visitor.get_by_role("status")).to_contain_text("begun elsewhere")


def test_a_member_signs_in_through_github_and_another_does_not(visitor, slipway, github):
    def press():
        visitor.goto("/sign-in")
        visitor.get_by_role("link", name="Sign in with GitHub").click()
        visitor.get_by_role("link", name="Authorize").click()

    press()
    expect(visitor).to_have_url(f"{slipway.url}/")
    expect(visitor.locator("header")).to_contain_text("octo")
    github.person = {"id": 1, "login": "mallory", "organizations": ["evil"]}
    visitor.context.clear_cookies()
    press()
    expect(visitor.get_by_role("status")).to_contain_text("mallory of GitHub may not come in")


def test_secrets_are_in_no_log(slipway):
    log = slipway.log.read_text()
    assert SECRET not in log and "acme-client-secret" not in log and "gho_test" not in log


def test_a_provider_whose_certificate_is_not_good_is_told_nothing(browser, tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    (tmp_path / "secret").write_text("told-to-nobody")
    with GitHub() as impostor:
        impostor.socket = context.wrap_socket(impostor.socket, server_side=True)
        issuer = impostor.url.replace("http://127.0.0.1", "https://localhost")
        (tmp_path / "sign-in.yml").write_text(
            f"providers: [{{name: acme, kind: openid, issuer: '{issuer}', client_id: x, "
            f"client_secret: {{file: {tmp_path}/secret}}, allow: {{everyone: true}}}}]"
        )
        server = Server(binary(), "--sign-in", str(tmp_path / "sign-in.yml"))
        try:
            server.start()
            page = browser.new_page()
            page.goto(f"{server.url}/sign-in/acme")
            expect(page.get_by_role("status")).to_contain_text("Acme doesn't answer")
            assert "CERTIFICATE_VERIFY_FAILED" in server.log.read_text()
            page.close()
        finally:
            server.stop(keep_log=FAILURES / "impostor.log")


def test_the_door_looks_well_with_providers(visitor):
    looks = Looks(visitor, ROOT / "docs" / "screenshots")
    visitor.goto("/sign-in")
    expect(visitor.get_by_role("link", name="Sign in with GitHub")).to_be_visible()
    looks.check("sign-in-providers")
    visitor.goto("/sign-in/acme/callback?state=x&code=x")
    looks.check("sign-in-refused")
    assert not looks.problems, "\n".join(looks.problems)
