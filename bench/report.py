#!/usr/bin/env python3
"""Puts what the benchmarks measured (results/*.json) into RESULTS.md, between its markers; the rest of it stays."""

import argparse
import dataclasses
import json
import pathlib
import statistics

HERE = pathlib.Path(__file__).resolve().parent
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"


@dataclasses.dataclass
class Row:
    """One line of a table: a value of Slipway's beside another's, and what was aimed at."""

    text: str
    ours: tuple
    unit: str = "s"
    beside: tuple = ()
    target: float = None  # of the value, or of the ratio where there is `ratio_target`
    ratio_target: float = None
    higher: bool = False  # whether more is better
    aim: str = ""


def size_rows(size):
    """Rows of a rollout of that many containers."""
    text = f"{size} container{'s' if size > 1 else ''}"
    return [
        Row(f"{text}, the rollout, beside the raw loop (floor)", (f"Slipway, {text}", "the rollout"), "s",
            (f"raw loop, {text}", "done"), ratio_target=1.1, aim="1.1 times the raw loop"),
        Row(f"{text}, the command, beside docker-compose 1.29", (f"Slipway, {text}", "done"), "s",
            (f"docker-compose 1.29, {text}", "done")),
        Row(f"{text}, the command, beside Swarm", (f"Slipway, {text}", "done"), "s", (f"Swarm, {text}", "done")),
    ]  # fmt: skip


def death_rows(which):
    """Rows of a container's deaths, alone or among others."""
    crash = (f"Slipway, {which}", "crash")
    return [
        Row(f"{which}, crash", crash, "s", (f"Docker's restart policy, {which}", "crash")),
        Row(f"{which}, crash, beside docker-compose 1.29", crash, "s", (f"docker-compose 1.29, {which}", "crash")),
        *(Row(f"{which}, {death}, beside Swarm", (f"Slipway, {which}", death), "s", (f"Swarm, {which}", death))
          for death in ("crash", "docker kill", "docker rm -f")),
    ]  # fmt: skip


TABLES = [
    ("first_step", "From a push to the first line of the first step", [
        Row("first line, host", ("Slipway, host", "first line"), "ms", ("Buildbot, host", "first line"),
            target=100, aim="under 100 ms"),
        Row("first line, host, beside a bare hook (floor)", ("Slipway, host", "first line"), "ms",
            ("hook, host", "first line")),
        Row("first line, container, beside the raw start (floor)", ("Slipway, container", "first line"), "ms",
            ("raw container", "first line"), ratio_target=1.2, aim="1.2 times the raw start"),
        Row("first line, container, beside `docker run`", ("Slipway, container", "first line"), "ms",
            ("docker run", "first line")),
        Row("first line, container", ("Slipway, container", "first line"), "ms", ("Buildbot, container", "first line")),
        Row("build done, host", ("Slipway, host", "done"), "ms", ("Buildbot, host", "done"), target=107,
            aim="Woodpecker: 107 ms"),
        Row("build done, container", ("Slipway, container", "done"), "ms", ("Buildbot, container", "done")),
    ]),
    ("queue_of_50", "50 builds that wait, 4 at a time", [
        Row("all done", ("Slipway", "all done"), "s", ("Buildbot", "all done"), target=7.3, aim="Woodpecker: 7.3 s"),
        Row("all done, from the end of the push or the last order", ("Slipway", "from the push's end"), "s",
            ("Buildbot", "from the last order")),
        Row("one build, median", ("Slipway", "one build, median"), "s"),
    ]),
    ("rollout", "A rollout of 3 replicas, one at a time, under load", [
        Row("the rollout, beside the raw loop (floor)", ("Slipway", "the rollout"), "s",
            ("raw loop", "done"), ratio_target=1.1, aim="1.1 times the raw loop"),
        Row("the command `slipway up`, beside the raw loop", ("Slipway", "done"), "s", ("raw loop", "done")),
        Row("the command, beside docker-compose 1.29", ("Slipway", "done"), "s", ("docker-compose 1.29", "done")),
        Row("the command, beside Swarm", ("Slipway", "done"), "s", ("Swarm", "done")),
        Row("failed requests in a rollout", ("Slipway", "failed"), "", ("raw loop", "failed"), target=0, aim="0"),
        Row("failed, beside docker-compose", ("Slipway", "failed"), "", ("docker-compose 1.29", "failed")),
        Row("failed, beside Swarm", ("Slipway", "failed"), "", ("Swarm", "failed")),
        Row("failed, with 800 ms requests too", ("Slipway", "failed with 800 ms requests"), "",
            ("raw loop", "failed with 800 ms requests"), target=0, aim="0"),
        Row("the same, beside docker-compose", ("Slipway", "failed with 800 ms requests"), "",
            ("docker-compose 1.29", "failed with 800 ms requests")),
        Row("the same, beside Swarm", ("Slipway", "failed with 800 ms requests"), "",
            ("Swarm", "failed with 800 ms requests")),
        Row("99th percentile of answers meanwhile", ("Slipway", "p99 ms in it"), "p-ms", ("raw loop", "p99 ms in it")),
        Row("the same, beside Swarm", ("Slipway", "p99 ms in it"), "p-ms", ("Swarm", "p99 ms in it")),
    ]),
    ("rollout_sizes", "Rollouts of 1 to 30 containers, batch by batch", [
        row for size in (1, 3, 10, 30) for row in size_rows(size)
    ]),
    ("replacement", "From a container's death to its replacement serving", [
        row for which in ("one of 3", "alone") for row in death_rows(which)
    ]),
    ("catalog", "Reading a catalog of real stacks", [
        Row("all that both accept", ("Slipway", "all that both accept"), "s",
            ("docker-compose 1.29", "all that both accept")),
        Row("one pair, median", ("Slipway", "one pair, median"), "ms", ("docker-compose 1.29", "one pair, median")),
        Row("one pair, beside docker-compose's library alone", ("Slipway", "one pair, median"), "ms",
            ("its library", "one pair, median")),
        Row("pairs that are accepted", ("Slipway", "accepted"), "", ("docker-compose 1.29", "accepted"), higher=True),
        Row("pairs that are read, for whatever engine", ("Slipway", "read"), "", ("docker-compose 1.29", "read"),
            higher=True),
    ]),
    ("log_lines", "Log lines per second, until the log is complete in the API", [
        Row("from a script", ("Slipway, script", "lines per second"), "k/s", ("Buildbot", "lines per second"),
            target=600, higher=True, aim="600 k/s"),
        Row("from a script, beside script(1) into a file (floor)", ("Slipway, script", "lines per second"), "k/s",
            ("script(1)", "lines per second"), higher=True),
        Row("from a container", ("Slipway, container", "lines per second"), "k/s", ("Buildbot", "lines per second"),
            target=60, higher=True, aim="Buildbot: 60 k/s"),
    ]),
    ("memory", "Memory", [
        Row("server, idle for 60 s (RSS)", ("server, idle", "RSS"), "MB", ("Buildbot master, idle", "RSS"), target=45,
            aim="45 MB"),
        Row("server, idle for 60 s (PSS)", ("server, idle", "PSS"), "MB", ("Buildbot master, idle", "PSS")),
        Row("server, four steps running (RSS)", ("server, four steps running", "RSS"), "MB"),
        Row("server, idle again after them (RSS)", ("server, idle again", "RSS"), "MB", target=45, aim="45 MB"),
        Row("each supervisor (RSS)", ("supervisor, each", "RSS"), "MB", ("Buildbot worker, idle", "RSS")),
        Row("each supervisor (PSS)", ("supervisor, each", "PSS"), "MB", ("Buildbot worker, idle", "PSS")),
        Row("edge, HAProxy's two processes (RSS)", ("edge (HAProxy)", "RSS"), "MB"),
        Row("the edge's keeper (RSS)", ("the edge's keeper", "RSS"), "MB"),
        Row("registry (RSS)", ("registry", "RSS"), "MB"),
    ]),
    ("watch", "Watching 50 services with 200 containers at rest", [
        Row("server (RSS)", ("Slipway", "server, RSS"), "MB", ("without services", "server, RSS")),
        Row("server (PSS)", ("Slipway", "server, PSS"), "MB", ("without services", "server, PSS")),
        Row("server, CPU a minute", ("Slipway", "server, CPU"), "s", ("without services", "server, CPU")),
        Row("edge, HAProxy's two processes (RSS)", ("Slipway", "edge, RSS"), "MB"),
        Row("edge, CPU a minute", ("Slipway", "edge, CPU"), "s"),
        Row("the edge's keeper (RSS)", ("Slipway", "the edge's keeper, RSS"), "MB"),
        Row("the edge's keeper, CPU a minute", ("Slipway", "the edge's keeper, CPU"), "s"),
        Row("the engine, CPU a minute", ("Slipway", "engine, CPU"), "s", ("without services", "engine, CPU")),
        Row("the same, beside its CPU while nobody watches", ("Slipway", "engine, CPU"), "s",
            ("nobody watches", "engine, CPU")),
        Row("the same, beside Swarm's engine, which watches", ("Slipway", "engine, CPU"), "s",
            ("Swarm", "engine, CPU")),
        Row("the same, beside Swarm's engine without services", ("Slipway", "engine, CPU"), "s",
            ("Swarm without services", "engine, CPU")),
        Row("the engine (RSS)", ("Slipway", "engine, RSS"), "MB", ("Swarm", "engine, RSS")),
        Row("the whole machine, CPU a minute", ("Slipway", "machine, CPU"), "s", ("Swarm", "machine, CPU")),
        Row("the same, while nobody watches", ("Slipway", "machine, CPU"), "s", ("nobody watches", "machine, CPU")),
        Row("all up", ("Slipway", "all up"), "s", ("Swarm", "all up")),
    ]),
]  # fmt: skip
BREAKDOWNS = {
    "first_step": "ms since the push was received", "rollout": "ms for all three", "rollout_sizes": "ms in all",
}  # fmt: skip
SCALE = {"ms": 1000, "k/s": 1 / 1000}


def find(document, place):
    """A metric's summary; nothing where it was not measured."""
    candidate, metric = place or ("", "")
    return document["results"].get(candidate, {}).get(metric)


def number(value, unit):
    """A value with three digits that count."""
    value *= SCALE.get(unit, 1)
    if unit == "":
        return f"{value:g}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def shown(summary, unit):
    """Median and spread."""
    if not summary:
        return ""
    text = number(summary["median"], unit)
    if summary["min"] != summary["max"]:
        text += f" ({number(summary['min'], unit)} to {number(summary['max'], unit)})"
    return f"{text} {unit.removeprefix('p-')}".strip()


def ratio(ours, theirs):
    """The median of the runs' own ratios; that of the medians where the runs are not pairs. None without a divisor."""
    pairs = list(zip(ours["values"], theirs["values"]))
    if len(ours["values"]) == len(theirs["values"]) and all(right for _, right in pairs):
        return statistics.median(left / right for left, right in pairs)
    return ours["median"] / theirs["median"] if theirs["median"] else None


def verdict(row, ours, relation):
    """Whether the aim was met: by the median, and whether by every run."""
    if row.ratio_target is not None:
        if relation is None:
            return "not measured"
        return "met" if relation <= row.ratio_target else "**not met**"
    if row.target is None:
        return ""
    runs = [value * SCALE.get(row.unit, 1) for value in ours["values"]]
    passed = [value >= row.target if row.higher else value <= row.target for value in [statistics.median(runs), *runs]]
    # One failed request in any run is one too many.
    if not passed[0] or (row.unit == "" and not all(passed)):
        return "**not met**"
    return "met" if all(passed) else "met by the median, not by every run"


def told(rows, document):
    """The rows to show: one beside a peer that was not run is left out where another says the same of Slipway."""
    def has_peer(row):
        return not row.beside or find(document, row.beside) is not None

    said = {row.ours for row in rows if has_peer(row)}
    return [row for row in rows if has_peer(row) or row.ours not in said]


def line(row, document):
    """A line of a table; none where Slipway was not measured."""
    ours, theirs = find(document, row.ours), find(document, row.beside)
    if not ours:
        return None
    relation = ratio(ours, theirs) if theirs else None
    peer = f"{row.beside[0].split(',')[0]} {shown(theirs, row.unit)}" if theirs else ""
    cells = [
        row.text, f"**{relation:.2f}**" if relation is not None else "", shown(ours, row.unit), peer, row.aim,
        verdict(row, ours, relation),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def latency_table(document):
    """Answers' times: an address a line."""
    lines = ["| address | p50, 1 client | p99, 1 client | p50, 8 clients | p99, 8 clients | a second, 8 clients |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, metrics in document["results"].items():
        times = [f"{metrics[f'{share} ms, {who}']['median']:.1f} ms" for who in ("1 client", "8 clients")
                 for share in ("p50", "p99")]  # fmt: skip
        rate = metrics["requests per second, 8 clients"]["median"]
        lines.append(f"| {name} | {' | '.join(times)} | {rate:,.0f} |")
    return lines


def breakdown(document, what):
    """Where the time goes, by Slipway's own records or as a floor measured it itself."""
    lines = []
    for candidate, metrics in document["results"].items():
        parts = [f"{name.removeprefix('of it, ')} {value['median'] * 1000:.0f}" for name, value in metrics.items()
                 if name.startswith("of it, ")]  # fmt: skip
        if parts:
            lines.append(f"* {candidate}, {what}: {', '.join(parts)}.")
    return lines


def section(name, title, rows, document):
    """A benchmark's part of the page."""
    machine, load = document["machine"], document["load"]
    runs = max((value["runs"] for metrics in document["results"].values() for value in metrics.values()), default=0)
    text = [
        f"### {title}", "",
        f"{document['date']}, commit {document['commit']}, up to {runs} runs of each in turn; {machine['cores']} cores"
        f" ({machine['model']}), {machine['memory_gb']} GB, kernel {machine['kernel']}, Docker Engine"
        f" {machine['engine']}; load average {load['before']} before, {load['after']} after.", "",
    ]  # fmt: skip
    if name == "latency":
        text += latency_table(document)
    else:
        text += ["| what | ratio | Slipway | beside | aim | |", "| --- | --- | --- | --- | --- | --- |"]
        text += filter(None, (line(row, document) for row in told(rows, document)))
    if name in BREAKDOWNS:
        text += ["", *breakdown(document, BREAKDOWNS[name])]
    text += [""] + [f"* {note}" for note in document["notes"]] + ([""] if document["notes"] else [])
    return text


def report(documents):
    """Everything between the markers."""
    text = [
        "## Beside its peers", "",
        "`make bench` measures and writes this. Medians, spread in brackets; a ratio is the median of the runs' own"
        " ratios, Slipway to the other: below 1 Slipway takes less (of log lines, and of pairs that are accepted or"
        " read: above 1 it does more). All candidates take turns. What is measured, and how, stands at the head of each"
        " program in `bench/`. Woodpecker was not run here: its numbers are those that the aim names.", "",
    ]  # fmt: skip
    for name, title, rows in [*TABLES, ("latency", "Answers of the API and the pages", [])]:
        if name in documents:
            text += section(name, title, rows, documents[name])
    return "\n".join(text).rstrip() + "\n"


def insert(page, text):
    """The page with the text between its markers; they are appended where there are none."""
    if BEGIN not in page:
        page = page.rstrip("\n") + f"\n\n{BEGIN}\n{END}\n"
    head, rest = page.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    return f"{head}{BEGIN}\n{text}{END}{tail}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print it and leave RESULTS.md alone")
    options = parser.parse_args()
    documents = {file.stem: json.loads(file.read_text()) for file in sorted((HERE / "results").glob("*.json"))}
    text = report(documents)
    if options.print:
        return print(text)
    page = HERE / "RESULTS.md"
    page.write_text(insert(page.read_text() if page.exists() else "# Results\n", text))
    return print(f"wrote {page}")


if __name__ == "__main__":
    main()
