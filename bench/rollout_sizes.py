#!/usr/bin/env python3
"""Rollouts of 1, 3, 10 and 30 containers, batch by batch: how long from the order to its end.

As in rollout.py, all bring in a new revision of bench/app behind a HAProxy with the same HTTP check, but nobody asks
anything meanwhile. Batches are of 1 container (1 and 3), 2 (10) and 5 (30), old ones are stopped after their successors
serve. The raw loop makes the calls for one batch side by side. docker-compose knows no batch: it replaces all that
there are. Swarm's checks run a program in the container; it rests while others are measured.

The more containers there are, the more rarely each is checked: some thirty checks a second in all, of all candidates.
Ten a second of each of 30 would keep the machine busy by themselves, and the engine, which goes through all connections
of the last two minutes whenever a container ends. One check that passes is enough there.

Of 1 and 3 containers the candidates take turns; of more, each is brought up, measured and ended before the next.
"""

from balancer import CHECK
from harness import Measurement, Scratch, arguments, paired, quiet
from rollout import CANDIDATES, bring_up, build_image, rest, wake

BATCHES = {1: 1, 3: 1, 10: 2, 30: 5}  # by the number of containers
LARGE = 10  # containers from which on fewer runs are enough


def candidate(service):
    """A function that rolls one revision out and returns how long it took."""

    def measure(run):
        wake(service)
        try:
            return service.roll_out(1 + run)
        finally:
            rest(service)

    return measure


def named(name, size):
    """The candidate's name in the results."""
    return f"{name}, {size} container{'s' if size > 1 else ''}"


def measure_group(measurement, group, size, runs):
    """Brings some candidates up, lets them take turns, and ends them."""
    CHECK["interval"] = 100 * max(1, size // 3)
    CHECK["threshold"] = 1 if size >= LARGE else 2
    with Scratch() as scratch:
        image = build_image(scratch)
        without = [name for name in CANDIDATES if name not in group]
        services = bring_up(scratch, image, measurement, without, size, BATCHES[size])
        quiet()
        paired(measurement, runs, {named(name, size): candidate(one) for name, one in services.items()})


def main():
    parser = arguments(__doc__.splitlines()[0], runs=7)
    parser.add_argument("--large-runs", type=int, default=3, help=f"runs at most of {LARGE} containers and more")
    parser.add_argument("--size", type=int, action="append", choices=BATCHES, help="one of the sizes; may be repeated")
    options = parser.parse_args()
    measurement = Measurement("rollout_sizes")
    try:
        for size in options.size or BATCHES:
            chosen = [name for name in CANDIDATES if name not in options.without]
            runs = options.runs if size < LARGE else min(options.runs, options.large_runs)
            for group in [chosen] if size < LARGE else [[name] for name in chosen]:
                measure_group(measurement, group, size, runs)
    finally:
        measurement.write()


if __name__ == "__main__":
    main()
