"""Who may come in."""

import re

from playwright.sync_api import expect


def test_every_page_asks_a_stranger_to_sign_in(page, looks):
    page.goto("/targets/orders/production")
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    looks.check("sign-in")


def test_a_wrong_password_is_refused_and_says_so(page):
    page.goto("/sign-in")
    page.get_by_label("Account").fill("admin")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.locator("main")).to_contain_text("don't match")


def test_signing_out_ends_the_session(member):
    member.get_by_role("button", name="Sign out").click()
    expect(member).to_have_url(re.compile("/sign-in"))
    member.goto("/")
    expect(member).to_have_url(re.compile("/sign-in"))
