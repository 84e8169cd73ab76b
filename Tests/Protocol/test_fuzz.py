"""A fuzz run over cookies, tokens, forms, git's smart HTTP and HTTP itself.

SLIPWAY_FUZZ_SECONDS says how long (55), SLIPWAY_FUZZ_SEED which (1), SLIPWAY_FUZZ_FROM sends the cases from that number
on. Held: the server lives, answers nothing from 500 on (503 apart), opens nothing without authorisation, tells nobody
its paths or its code, grows no memory, and keeps nothing of what it was sent."""

import os
import re
import subprocess
import time

import fuzz

SECONDS = float(os.environ.get("SLIPWAY_FUZZ_SECONDS", "55"))
SEED = os.environ.get("SLIPWAY_FUZZ_SEED", "1")
FROM = int(os.environ.get("SLIPWAY_FUZZ_FROM", "0"))
MOST_CASES = 1_000_000
MOST_FINDS = 20
# Of a debug build, whose allocator keeps what a burst has taken.
LARGEST_GROWTH = 96 << 20
INNER = re.compile(rb"slipway-protocol-|\.swift|Fatal error|GRDB|SQLITE|SELECT |/usr/|NIOCore|HTTPError")


def hold(server, case, answer):
    """What must be true of each answer."""
    assert answer.status is None or answer.status < 500 or answer.status == 503, f"answered {answer.status}"
    told = INNER.search(answer.body)
    assert told is None, f"told {answer.body[max(0, told.start() - 80) : told.end() + 80]}"
    if case.must_fail and answer.status is not None:
        leads_to_door = answer.status == 303 and answer.headers["location"].startswith("/sign-in")
        assert answer.status >= 400 or leads_to_door, f"let in with {answer.status} {answer.headers}"
    elif answer.status is not None and answer.status < 300 and case.what.startswith("raw"):
        paths = [line.split(b" ")[1] for line in case.sent.split(b"\r\n") if line.count(b" ") == 2 and b"HTTP/" in line]
        # Of those that were sent, one must have been for everybody.
        assert any(path.startswith(b"/") for path in paths) and b"\"apps\"" not in answer.body


def wait_for_rest(server):
    """Until what was begun has ended: git, mostly."""
    deadline = time.monotonic() + 30
    while server.children() and time.monotonic() < deadline:
        time.sleep(0.2)
    return server.children()


def settled_files(server, before):
    """What is open beside `before`, when what is being closed has been."""
    deadline = time.monotonic() + 10
    while (more := server.open_files() - before).total() > 8 and time.monotonic() < deadline:
        time.sleep(0.2)
    return more


def test_fuzz(server, people):
    print(f"SLIPWAY_FUZZ_SEED={SEED} SLIPWAY_FUZZ_SECONDS={SECONDS:g}")
    apps = people.sessions["admin"].get(f"{server.url}/api/v1/apps").text
    refs = git_refs(server)
    files, memory, open_files = None, 0, None
    end = time.monotonic() + SECONDS
    number = FROM
    statuses, finds = {}, []
    while time.monotonic() < end and number < FROM + MOST_CASES:
        case = fuzz.case(number, SEED, people)
        answer = case.send(server.port)
        said = f"SLIPWAY_FUZZ_SEED={SEED} SLIPWAY_FUZZ_FROM={number}: {case.what[:600]}"
        try:
            hold(server, case, answer)
        except AssertionError as error:
            finds.append(f"{said}: {error}")
        if number % 100 == 99 or answer.status is None:
            lives = server.process.poll() is None and server.is_well()
            assert lives, f"the server lives no more after {said}\n{server.words()[-4000:]}"
        if len(finds) == MOST_FINDS:
            break
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        number += 1
        if files is None and time.monotonic() > end - SECONDS * 0.7:
            wait_for_rest(server)
            files, memory, open_files = server.files(), server.memory(), server.open_files()
    assert not finds, "\n".join(finds) + "\nThe server said:\n" + server.words()[-6000:]
    assert wait_for_rest(server) == [], "processes that were begun have not ended"
    growth = server.memory() - memory
    print(f"{number - FROM} cases, answers {statuses}, {growth / 2**20:.1f} MB more")
    assert server.is_well()
    assert growth < LARGEST_GROWTH, f"the server has grown by {growth >> 20} MB"
    more = settled_files(server, open_files)
    assert more.total() <= 8, f"more files are open: {more}"
    new = server.files() - files
    assert new == set(), f"in the data directory there is more than before: {sorted(new)[:20]}"
    assert people.sessions["admin"].get(f"{server.url}/api/v1/apps").text == apps
    assert git_refs(server) == refs
    left = [path for path in server.files() if "incoming" in path or "tmp_" in path or path.endswith(".lock")]
    assert left == [], f"half of something is left: {left[:20]}"


def git_refs(server):
    """All refs of the repositories; fails where one is damaged."""
    said = ""
    for repository in sorted((server.data / "git").iterdir()):
        command = ["git", "-C", str(repository)]
        subprocess.run([*command, "fsck", "--no-progress"], check=True, capture_output=True)
        said += subprocess.run([*command, "for-each-ref"], check=True, capture_output=True, text=True).stdout
    return said
