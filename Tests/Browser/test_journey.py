"""The journey in a browser: a commit appears, turns green, is deployed while somebody watches, and is rolled back.

The tests are the stations of one journey and run in this order."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from traffic import Traffic, ask

BUILD = 300_000  # milliseconds: tests and an image, the first time without any cache
DEPLOY = 180_000
TARGET = "/targets/orders/production"


class Journey:
    """What the stations hand on."""

    token = first = second = third = None


@pytest.fixture(scope="module")
def journey():
    return Journey()


def row(page, sha):
    """The line of a commit on the target's page."""
    return page.locator(f"#c-{sha[:7]}")


def start(page, sha, verb):
    """From the target's page over the plan to the page of the deploy."""
    row(page, sha).locator(".go a", has_text=verb).click()
    page.wait_for_url(f"**{TARGET}/plan?revision={sha}")
    page.get_by_role("button", name=re.compile(f"^{verb} ")).click()
    page.wait_for_url(re.compile(r"/deploys/\d+$"))


def watch_to_the_end(page):
    """Watches the deploy without touching the page: the state changes by itself."""
    state = page.locator(".deployline li", has_text="State").locator("strong")
    expect(state).to_have_text(re.compile("Succeeded|Failed|Rolled back|Aborted|Timed out"), timeout=DEPLOY)
    expect(state).to_have_text("Succeeded")
    expect(page.locator("main")).to_contain_text("Running what was tested")


@contextlib.contextmanager
def untouched(page):
    """Whatever happens inside happens without a reload."""
    page.evaluate("window.untouched = true")
    yield
    assert page.evaluate("window.untouched === true"), f"{page.url} was reloaded"


def script(page):
    """The lines that the deploy script has said so far."""
    return page.locator("details.step", has_text="deploy.sh").locator(".log .l")


def check_log(page, told):
    """The log of the script, followed live and over a reload, is the whole log, and has what was told before."""
    log = page.locator("details.step", has_text="deploy.sh").locator(".log")
    expect(log).to_have_attribute("data-complete", "")
    raw = page.request.get(log.get_attribute("data-log").removesuffix("/live") + ".txt").text()
    shown = [line.rstrip() for line in script(page).all_inner_texts()]
    assert shown == [line.rstrip() for line in raw.splitlines()]
    assert [line for line in told if "takes requests" in line and line.rstrip() not in shown] == []


def test_an_app_is_added(member, looks, journey, server):
    member.goto("/")
    looks.check("apps-empty")
    member.get_by_role("link", name=re.compile("Add (an|the first) app")).first.click()
    member.get_by_label("Name", exact=True).fill("orders")
    member.get_by_label("Push to Slipway").check()
    member.get_by_role("button", name="Add the app").click()
    member.wait_for_url("**/apps/orders")
    expect(member.locator("main")).to_contain_text(f"{server.url}/git/orders.git")
    journey.token = server.token()


def test_a_pushed_commit_appears_and_turns_green(member, looks, journey, sample):
    member.goto(TARGET)
    journey.first = sample.commit("Take orders", author="Ada Lindqvist")
    sample.push(journey.token)
    # The page was there before the commit: nobody reloads it.
    line = row(member, journey.first)
    with untouched(member):
        expect(line).to_contain_text("Take orders")
    expect(line).to_contain_text("Ada Lindqvist")
    expect(line.locator(".go .why")).not_to_be_empty()

    line.locator(".state a").click()
    member.wait_for_url(re.compile(r"/builds/\d+$"))
    tests = member.locator("details.step", has_text="pytest")
    expect(tests.locator(".log .l", has_text="test_api.py").first).to_be_visible(timeout=BUILD)
    looks.check("build-running")
    expect(member.locator(".deployline")).to_contain_text("Passed", timeout=BUILD)
    expect(member.locator("[data-live=image]")).to_contain_text("sha256:")
    looks.check("build")

    member.goto(TARGET)
    expect(line.locator(".state")).to_have_text("Passed")
    expect(line.locator(".go a")).to_have_text("Deploy")


def test_the_first_deploy_brings_it_up(member, looks, journey, sample):
    member.goto(TARGET)
    start(member, journey.first, "Deploy")
    watch_to_the_end(member)
    looks.check("deploy-first")
    assert ask(f"{sample.address}/health")["revision"] == journey.first


def test_the_next_commit_is_deployed_while_requests_go_on(member, looks, journey, sample):
    member.goto(TARGET)
    sample.edit("orders/api.py", '"service": "orders"', '"service": "orders", "version": 2')
    journey.second = sample.commit("Say the version in /health", author="Miguel Sørensen")
    sample.push(journey.token)
    line = row(member, journey.second)
    expect(line.locator(".go a")).to_have_text("Deploy", timeout=BUILD)
    looks.check("target-ready")

    line.locator(".go a").click()
    expect(member.get_by_text("3 containers will be replaced")).to_be_visible()
    expect(member.locator(".facts")).to_contain_text("sha256:")
    expect(member.locator(".facts")).to_contain_text("./deploy/deploy.sh")
    looks.check("plan")

    with Traffic(f"{sample.address}/health") as traffic:
        member.get_by_role("button", name=re.compile("^Deploy ")).click()
        member.wait_for_url(re.compile(r"/deploys/\d+$"))
        expect(script(member).first).to_be_visible(timeout=DEPLOY)
        expect(member.locator(".slot.new")).to_have_count(1, timeout=DEPLOY)
        looks.save("deploy-running-light")
        with untouched(member):
            expect(member.locator(".slot.new")).to_have_count(2, timeout=DEPLOY)
            expect(script(member).filter(has_text="takes requests")).to_have_count(2)
        told = script(member).all_inner_texts()
        member.reload()
        with untouched(member):
            expect(member.locator(".slot.new")).to_have_count(3, timeout=DEPLOY)
            watch_to_the_end(member)
    check_log(member, told)
    looks.check("deploy")
    assert traffic.failures == []
    assert traffic.revisions == [journey.first, journey.second]
    assert ask(f"{sample.address}/health")["version"] == 2


def test_services_and_containers_are_shown(member, looks, journey, sample):
    member.goto("/environments/production")
    main = member.locator("main")
    for name in (sample.stack, "orders", "orders-db", journey.second[:7]):
        expect(main).to_contain_text(name)
    looks.check("environment")


def test_a_service_is_looked_at_scaled_and_restarted(member, looks, journey, sample):
    member.goto("/environments/production")
    member.get_by_role("link", name=sample.stack, exact=True).click()
    expect(member.get_by_role("group", name="orders calls orders-db")).to_be_visible()
    looks.check("stack")
    member.locator("h3").get_by_role("link", name="orders", exact=True).click()
    main = member.locator("main")
    chain = member.locator(".chain")
    for part in (journey.second[:7], "Say the version in /health", "Build #", "sha256:", "3 containers", "exactly this digest"):
        expect(chain).to_contain_text(part)
    expect(member.locator(".containers").first).to_contain_text("HTTP 200")
    expect(member.locator(".plot svg").first).to_be_visible(timeout=60_000)
    looks.check("service")

    containers = member.locator("[data-live=containers] > .card > .containers tbody tr")
    before = containers.locator(".name code").all_inner_texts()
    with Traffic(f"{sample.address}/health") as traffic:
        member.get_by_role("button", name="Scale orders up to 4").click()
        with untouched(member):
            expect(containers).to_have_count(4, timeout=DEPLOY)
            expect(member.locator(".deployline")).to_contain_text("4 of 4", timeout=DEPLOY)
            expect(member.locator(".deployline")).to_contain_text("Active", timeout=DEPLOY)
        member.get_by_role("button", name="Scale orders down to 3").click()
        expect(member.locator(".deployline")).to_contain_text("3 of 3", timeout=DEPLOY)
        expect(member.locator(".deployline")).to_contain_text("Active", timeout=DEPLOY)
        member.on("dialog", lambda dialog: dialog.accept())
        member.get_by_role("button", name="Restart").click()
        event = member.locator(".event", has_text="Replace all containers").first
        expect(event).to_contain_text("Done", timeout=DEPLOY)
        expect(member.locator(".deployline")).to_contain_text("Active", timeout=DEPLOY)
    assert traffic.failures == []
    assert set(before).isdisjoint(containers.locator(".name code").all_inner_texts())
    event.locator("summary").click()
    expect(event).to_contain_text("admin asked for a restart")
    expect(chain).to_contain_text("exactly this digest")
    expect(main).not_to_contain_text("PGPASSWORD=orders")

    member.get_by_role("link", name="Logs", exact=True).first.click()
    log = member.locator(".log")
    for slot in (1, 2, 3):
        expect(log.locator(".l", has_text=f"{slot} │").filter(has_text="Listening at").first).to_be_visible()
    member.get_by_label("Search this log").fill("listening at")
    expect(member.locator(".hits")).to_contain_text("hits")
    looks.check("service-logs")

    member.goto("/environments/production/hosts")
    expect(main).to_contain_text("Docker Engine")
    looks.check("hosts")


def test_a_commit_with_a_failing_test_gets_no_button(member, looks, journey, sample):
    member.goto(TARGET)
    sample.edit("orders/api.py", '201, {"Location"', '200, {"Location"')
    journey.third = sample.commit("Answer a new order with 200", author="Priya Raman")
    sample.push(journey.token)
    line = row(member, journey.third)
    expect(line.locator(".state")).to_have_text("Failed", timeout=BUILD)
    expect(line.locator(".go a")).to_have_count(0)
    expect(line.locator(".go .why")).to_contain_text("build failed")

    line.locator(".state a").click()
    expect(member.locator("details.step[open]")).to_contain_text("assert 200 == 201")
    looks.check("build-failed")


def test_it_is_rolled_back(member, looks, journey, sample):
    member.goto(TARGET)
    line = row(member, journey.first)
    expect(line.locator(".go a")).to_have_text("Roll back")
    line.locator(".go a").click()
    expect(member.get_by_text("1 commit will be taken out")).to_be_visible()
    looks.check("plan-rollback")
    with Traffic(f"{sample.address}/health") as traffic:
        member.get_by_role("button", name=re.compile("^Roll back ")).click()
        member.wait_for_url(re.compile(r"/deploys/\d+$"))
        watch_to_the_end(member)
    looks.check("rollback")
    assert traffic.failures == []
    assert traffic.revisions == [journey.second, journey.first]
    assert "version" not in ask(f"{sample.address}/health")

    member.goto(TARGET)
    expect(row(member, journey.first)).to_have_class(re.compile(r"\blive\b"))
    looks.check("target")
    member.goto("/")
    looks.check("apps")
