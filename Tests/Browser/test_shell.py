"""A shell in the browser: keys, colours, sizes, and its end."""

import itertools
import re
import subprocess

import pytest
from looks import PHONE
from playwright.sync_api import expect

FILE = """
box:
  image: debian:12-slim
  command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep infinity & wait"]
"""


@pytest.fixture(scope="module")
def box(server, tmp_path_factory):
    """A service with a container to be in."""
    folder = tmp_path_factory.mktemp("box")
    (folder / "docker-compose.yml").write_text(FILE)
    server.command("up", "--stack", "shell", "-f", str(folder / "docker-compose.yml"))
    return "/environments/production/stacks/shell/services/box"


@pytest.fixture
def shell(member, box):
    """A page with a shell that has shown its prompt."""
    member.goto(box)
    member.get_by_role("link", name=re.compile("^Shell in")).first.click()
    expect(member.locator("[data-note]")).to_contain_text("Running")
    expect(screen(member)).to_contain_text(re.compile(r"[#$] "))
    return member


def screen(page):
    return page.locator(".term")


def enter(page, text):
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def line(page, text):
    """A line of the screen that is exactly that: what a command printed, not the words that were typed."""
    return screen(page).locator(".l").filter(has_text=re.compile(f"^{re.escape(text)}\\s*$")).first


def processes(container):
    return subprocess.run(["docker", "top", container], capture_output=True, text=True, check=True).stdout


def until(page, condition):
    """Looks again and again; the limit is a net for a hang."""
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError("waited too long")


def test_a_shell_runs_in_a_container(shell, looks):
    enter(shell, "echo $((40 + 2)) $TERM")
    expect(line(shell, "42 xterm-256color")).to_be_visible()
    enter(shell, r"printf '\033[31mred\033[0m \033[1;32mgreen\033[0m \033[38;5;208mmany\033[0m\n'")
    expect(screen(shell).locator(".f1", has_text=re.compile("^red$"))).to_be_visible()
    expect(screen(shell).locator(".f2.o", has_text=re.compile("^green$"))).to_be_visible()
    expect(screen(shell).locator(".f208")).to_have_text("many")
    enter(shell, "ls -l --color=always /")
    expect(screen(shell)).to_contain_text("drwxr-xr-x")
    enter(shell, "seq -s ' ' 3; sleep 1000")
    expect(line(shell, "1 2 3")).to_be_visible()
    shell.keyboard.press("Control+c")
    expect(screen(shell)).to_contain_text("^C")
    # Tab completes, arrows bring back and move.
    shell.keyboard.type("echo /etc/debian_v")
    shell.keyboard.press("Tab")
    expect(screen(shell)).to_contain_text("/etc/debian_version")
    shell.keyboard.press("Enter")
    expect(line(shell, "/etc/debian_version")).to_be_visible()
    shell.keyboard.press("ArrowUp")
    for _ in range(len("/etc/debian_version ")):
        shell.keyboard.press("ArrowLeft")
    shell.keyboard.type("at ")
    shell.keyboard.press("Enter")
    expect(line(shell, "at /etc/debian_version")).to_be_visible()
    # The second screen comes and goes, and the first one is as it was.
    enter(shell, r"printf '\033[?1049h\033[2J\033[5;3Hover\n'; sleep 1; printf '\033[?1049l'; echo back")
    expect(line(shell, "  over")).to_be_visible()
    expect(line(shell, "back")).to_be_visible()
    expect(line(shell, "42 xterm-256color")).to_have_count(1)
    looks.check("shell")

    enter(shell, "exit 7")
    expect(shell.locator("[data-note]")).to_have_text("Ended with exit status 7")
    shell.get_by_role("button", name="Start again").click()
    expect(shell.locator("[data-note]")).to_contain_text("Running")


def test_it_is_as_large_as_the_page_and_has_keys_for_phones(shell):
    asked = itertools.count()

    def size():
        mark = f"size{next(asked)}"
        enter(shell, f"echo {mark} $(stty size)")
        found = screen(shell).locator(".l").filter(has_text=re.compile(rf"^{mark} \d+ \d+\s*$")).first
        expect(found).to_be_visible()
        _, rows, columns = found.inner_text().split()
        return int(rows), int(columns)

    rows, columns = size()
    assert columns > 100 and rows > 10
    shell.set_viewport_size(PHONE)
    # It is told when the page has come to rest.
    narrow = next((now for now in (size() for _ in range(50)) if now[1] < 60), None)
    assert narrow and narrow[1] < columns
    assert shell.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    shell.keyboard.type("sleep 999")
    shell.keyboard.press("Enter")
    shell.get_by_role("button", name="Control, for the next key").click()
    shell.keyboard.type("c")
    shell.keyboard.type("ech")
    shell.get_by_role("button", name="Tab").click()
    shell.keyboard.type("again")
    shell.keyboard.press("Enter")
    expect(line(shell, "again")).to_be_visible()
    # Many lines scroll, and can be scrolled back to.
    enter(shell, "seq 500")
    expect(line(shell, "500")).to_be_visible()
    expect(line(shell, "7")).to_have_count(1)


def test_it_ends_with_the_page_and_stands_in_the_audit_log(shell, server):
    enter(shell, "exec sleep 54321")
    container = shell.locator("[data-container]").get_attribute("data-container")
    until(shell, lambda: "sleep 54321" in processes(container))
    shell.goto("/audit?action=container")
    expect(shell.locator("main")).to_contain_text("container.exec")
    expect(shell.locator("main")).to_contain_text("production-shell-box")
    until(shell, lambda: "sleep 54321" not in processes(container))
    shell.reload()
    expect(shell.locator("main")).to_contain_text("container.exec-end")
