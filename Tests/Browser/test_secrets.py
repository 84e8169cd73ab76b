"""Secrets on the pages: set, listed, removed, and never shown again."""

from playwright.sync_api import expect

VALUE = "correct-horse-battery"


def test_a_secret_is_set_and_removed_and_never_shown(member, looks):
    member.goto("/environments")
    member.get_by_role("link", name="production", exact=True).click()
    member.get_by_role("link", name="Secrets").click()
    expect(member.get_by_role("heading", name="Secrets of production")).to_be_visible()
    member.get_by_label("Name").fill("DB_PASSWORD")
    member.get_by_label("Value", exact=True).fill(VALUE)
    member.get_by_role("button", name="Set the secret").click()
    row = member.locator("li", has_text="DB_PASSWORD")
    expect(row).to_contain_text("all apps in production")
    expect(row).to_contain_text("set by admin")
    assert VALUE not in member.content()
    looks.check("secrets")
    member.on("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="Remove DB_PASSWORD").click()
    expect(member.locator("main")).to_contain_text("None yet")


def test_a_name_that_can_not_be_one_is_refused_without_the_value(member):
    member.goto("/secrets")
    member.get_by_label("Name").evaluate("field => field.removeAttribute('pattern')")
    member.get_by_label("Name").fill("db-password")
    member.get_by_label("Value", exact=True).fill(VALUE)
    member.get_by_role("button", name="Set the secret").click()
    expect(member.locator("main")).to_contain_text("db-password can't be a secret's name")
    assert VALUE not in member.content()
