#!/usr/bin/env python3
"""Reading a catalog of real stacks: `slipway up --render --json` beside `docker-compose config`, a pair at a time.

The pairs of compose and rancher-compose files are those of `catalog` in the folder that SLIPWAY_CASES names (else
`../shared/cases` beside the project); without it nothing is measured. Every variable of a pair has a value: the default
of the catalog's question, or a plausible one. Both commands read each pair in turn, in a process of its own; so does
docker-compose's library in a process that has loaded it already, which tells what its reading takes without the start
of a Python. Slipway reads both files and refuses what the engine can't carry out, such as a token for Rancher's API;
those pairs are read, but not accepted. docker-compose knows nothing of the rancher-compose file, nor templates. Times
are over those pairs that all three accept.
"""

import contextlib
import json
import logging
import os
import pathlib
import re
import statistics
import subprocess
import time

import yaml
from harness import HERE, ROOT, Measurement, Scratch, arguments, binary, quiet, say

VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
TEMPLATE_VALUE = re.compile(r"\.Values\.([A-Za-z_][A-Za-z0-9_]*)")
NUMBERS = ("scale", "count", "num", "size", "ttl", "interval")


def plausible(variable):
    """A value for a variable, by its name."""
    name = variable.lower()
    return "8080" if "port" in name else "3" if any(word in name for word in NUMBERS) else "answer"


def questions(text):
    """What the catalog's part of a rancher-compose file asks; nothing where only a template's engine can read it."""
    with contextlib.suppress(yaml.YAMLError):
        document = yaml.load(text, yaml.BaseLoader) or {}  # TRUE stays as it is written
        catalog = document.get("catalog") or document.get(".catalog") or {}
        return [row for row in catalog.get("questions") or [] if row.get("variable")]
    return []


def answer(question):
    """What a person would answer: the default, or something where an answer is required."""
    value = question.get("default") or ""
    if not value and question.get("required") == "true":
        known = {"int": "8080", "boolean": "true"}.get(question.get("type"), plausible(question["variable"]))
        value = next(iter(question.get("options") or []), known)
    return value


class Pair:
    """A compose file, its rancher-compose file, and the values of their variables."""

    def __init__(self, root, row):
        self.name = row["dir"]
        self.compose = root / self.name / row["docker"]["file"]
        self.rancher = root / self.name / row["rancher"]["file"]
        texts = [file.read_text() for file in (self.compose, self.rancher)]
        values = {name: plausible(name) for text in texts for name in VARIABLE.findall(text)}
        values |= {name: "" for text in texts for name in TEMPLATE_VALUE.findall(text)}
        self.answers = {row["variable"]: answer(row) for row in questions(texts[1])}
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
        self.environment |= {name: value for name, value in values.items() if name not in self.answers}


def run(words, environment, pair):
    """How long a command takes, and what it says against the pair."""
    begin = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in words], cwd=pair.compose.parent, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    took = time.perf_counter() - begin
    return took, done.returncode and (done.stderr.strip() or f"status {done.returncode}")


def slipway(scratch):
    """Reads a pair with `slipway up --render --json`, which asks neither a server nor an engine."""
    file = scratch.path / "answers.json"

    def read(pair):
        # What isn't answered takes its default.
        file.write_text(json.dumps({name: value for name, value in pair.answers.items() if value}))
        words = ["up", "--render", "--json", "--stack", "stack", "--answers", file]
        return run([binary(), *words, "--file", pair.compose, "--rancher-file", pair.rancher], pair.environment, pair)

    return read


def compose(pair):
    """Reads a pair with `docker-compose config`."""
    program = HERE / ".venv/bin/docker-compose"
    return run([program, "-p", "stack", "-f", pair.compose, "config"], pair.environment | pair.answers, pair)


def library():
    """Reads a pair as `docker-compose config` does, in this process."""
    from compose.cli.command import get_config_from_options
    from compose.config.serialize import serialize_config

    logging.getLogger("compose").setLevel(logging.CRITICAL)

    def read(pair):
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(pair.environment | pair.answers)
        begin = time.perf_counter()
        try:
            found = get_config_from_options(str(pair.compose.parent), {"--file": [str(pair.compose)]})
            serialize_config(found, None, True)
            return time.perf_counter() - begin, None
        except Exception as error:
            return time.perf_counter() - begin, str(error) or repr(error)
        finally:
            os.environ.clear()
            os.environ.update(before)

    return read


def is_read(error):
    """Whether nothing is wrong with the files, but only with what they ask of the engine."""
    lines = [line for line in (error or "").splitlines() if ": error: " in line]
    return not error or bool(lines) and all("on Docker Engine" in one or "not carried out yet" in one for one in lines)


def read_all(measurement, pairs, readers, options):
    """Reads each pair with each reader in turn, and records what they took and accepted."""
    times = {name: {} for name in readers}
    refused = {name: {} for name in readers}
    for number, pair in enumerate(pairs):
        for name, read in readers.items():
            took, error = read(pair)
            if error:
                refused[name][pair.name] = error
            else:
                times[name][pair.name] = took
        if number % 50 == 49:
            say(f"catalog: {number + 1} of {len(pairs)} pairs")
    both = set.intersection(*(set(one) for one in times.values()))
    for name in readers:
        measurement.add(name, "accepted", len(times[name]))
        measurement.add(name, "read", len(times[name]) + sum(1 for error in refused[name].values() if is_read(error)))
        measurement.add(name, "all that both accept", sum(times[name][pair] for pair in both))
        measurement.add(name, "one pair, median", statistics.median(times[name][pair] for pair in both))
        for pair, error in sorted(refused[name].items()) if options.refused else []:
            lines = error.splitlines()
            print(f"{name}: {pair}: {next((line for line in lines if ': error: ' in line), lines[-1])}")
    measurement.note(f"of {len(pairs)} pairs, {len(both)} are accepted by all, and theirs are the times")


def main():
    parser = arguments(__doc__.splitlines()[0], runs=1)
    parser.add_argument("--every", type=int, default=1, help="read every Nth pair only")
    parser.add_argument("--refused", action="store_true", help="print what is refused, and why")
    options = parser.parse_args()
    root = pathlib.Path(os.environ.get("SLIPWAY_CASES") or ROOT / "../shared/cases") / "catalog"
    if not (root / "expectations.jsonl").exists():
        return say(f"catalog: skipped, for there is no {root} (SLIPWAY_CASES names the folder above it)")
    rows = [json.loads(line) for line in (root / "expectations.jsonl").read_text().splitlines()]
    pairs = [Pair(root, row) for row in rows][:: options.every]
    measurement = Measurement("catalog")
    with Scratch() as scratch:
        readers = {"Slipway": slipway(scratch), "docker-compose 1.29": compose, "its library": library()}
        readers = {name: read for name, read in readers.items() if name not in options.without}
        for read in readers.values():
            read(pairs[0])  # a rehearsal: what comes after finds everything warm
        quiet()
        for number in range(1, options.runs + 1):
            read_all(measurement, pairs, readers, options)
            say(f"catalog: run {number} of {options.runs} done")
    return measurement.write()


if __name__ == "__main__":
    main()
