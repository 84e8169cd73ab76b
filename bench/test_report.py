"""The tables of report.py: ratios, verdicts, and what is outside the markers."""

import pathlib
import re

from report import TABLES, Row, insert, line, ratio, told, verdict

HERE = pathlib.Path(__file__).resolve().parent


def summary(*values):
    ordered = sorted(values)
    return {"median": ordered[len(ordered) // 2], "min": ordered[0], "max": ordered[-1], "values": list(values)}


def test_a_ratio_is_the_median_of_the_pairs_own_ratios():
    assert ratio(summary(1, 2, 9), summary(2, 2, 3)) == 1
    assert ratio(summary(1, 3, 5), summary(6)) == 0.5
    assert ratio(summary(1), summary(0)) is None


def test_a_verdict_tells_the_median_from_every_run():
    row = Row("", (), "ms", target=100)
    assert verdict(row, summary(0.05, 0.06, 0.07), None) == "met"
    assert verdict(row, summary(0.05, 0.06, 0.2), None) == "met by the median, not by every run"
    assert verdict(row, summary(0.05, 0.16, 0.2), None) == "**not met**"
    assert verdict(Row("", (), "k/s", target=600, higher=True), summary(599_000), None) == "**not met**"
    assert verdict(Row("", ()), summary(1), None) == ""


def test_one_failed_request_is_one_too_many():
    assert verdict(Row("", (), "", target=0), summary(0, 0, 1), None) == "**not met**"
    assert verdict(Row("", (), "", target=0), summary(0, 0, 0), None) == "met"


def test_a_ratio_that_was_not_measured_is_not_met():
    row = Row("", (), ratio_target=1.1)
    assert verdict(row, summary(1), None) == "not measured"
    assert verdict(row, summary(1), 1.1) == "met"
    assert verdict(row, summary(1), 1.11) == "**not met**"


def test_a_line_needs_slipway_and_does_without_the_other():
    row = Row("done", ("Slipway", "done"), "s", ("Buildbot", "done"))
    assert line(row, {"results": {"Buildbot": {"done": summary(1)}}}) is None
    assert line(row, {"results": {"Slipway": {"done": summary(2.0)}}}) == "| done |  | 2.00 s |  |  |  |"
    both = {"results": {"Slipway": {"done": summary(1, 2, 3)}, "Buildbot": {"done": summary(2, 4, 6)}}}
    assert line(row, both) == "| done | **0.50** | 2.00 (1.00 to 3.00) s | Buildbot 4.00 (2.00 to 6.00) s |  |  |"


def test_a_row_beside_a_peer_that_was_not_run_is_left_out_where_another_tells_as_much():
    done, held, alone = ("Slipway", "done"), ("Slipway", "held"), ("Slipway", "alone")
    rows = [Row("beside the loop", done, "s", ("loop", "done")), Row("beside Swarm", done, "s", ("Swarm", "done")),
            Row("held", held, "s", ("Swarm", "held")), Row("alone", alone, "s")]  # fmt: skip
    document = {"results": {"Slipway": {"done": summary(1)}, "loop": {"done": summary(1)}}}
    assert [row.text for row in told(rows, document)] == ["beside the loop", "held", "alone"]


def test_what_is_outside_the_markers_stays():
    page = "# Results\n\nsoak\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nmore\n"
    assert insert(page, "new\n") == "# Results\n\nsoak\n\n<!-- bench -->\nnew\n<!-- /bench -->\n\nmore\n"
    assert insert("# Results\n", "new\n") == "# Results\n\n<!-- bench -->\nnew\n<!-- /bench -->\n"


def test_every_table_is_of_a_benchmark_that_is_run():
    run = re.search(r'(?m)^all="(.+)"$', (HERE.parent / "scripts/bench").read_text())[1].split()
    assert {name for name, _, _ in TABLES} | {"latency"} == set(run)
    assert all((HERE / f"{name}.py").exists() for name in run)


def test_a_row_of_a_table_names_a_candidate_and_a_metric():
    for _, _, rows in TABLES:
        assert all(len(row.ours) == 2 and len(row.beside) in (0, 2) for row in rows)
        assert len({(row.text, row.beside) for row in rows}) == len(rows)
