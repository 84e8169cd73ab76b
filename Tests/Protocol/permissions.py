"""The table of docs/permissions.md."""

import pathlib
import re

FILE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def table():
    """What each route answers to each column: `yes`, or the status that turns one away."""
    lines = [line.strip("|") for line in FILE.read_text().splitlines() if line[:1] == "|"]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    start = next(index for index, row in enumerate(rows) if row[:2] == ["route", "needs"])
    columns = rows[start]
    return {row[0].strip("`"): dict(zip(columns, row)) for row in rows[start + 2 :]}


def column(role, path, numbers):
    """The column that a request belongs to; nil where nobody knows whose thing it is about.

    `path` is the one that was asked, `numbers` tell whose build, deploy or rollout an id is."""
    if role not in ("bounded", "script"):
        return role
    word = "app" if role == "bounded" else "script"
    owner = {"app": "orders", "script": "production"}[word]
    found = re.match(r"/api/v1/(builds|deploys|rollouts)/([^/]+)", path)
    if found:
        if found[2] not in numbers:
            return None
        return f"{word}: {'this' if numbers[found[2]][word] == owner else 'other'}"
    name = re.match(r"/api/v1/(apps|targets|environments)/([^/]+)(?:/([^/]+))?", path)
    if not name:
        return f"{word}: this"
    if word == "app":
        is_this = name[1] == "environments" or name[2] == "orders"
    else:
        is_this = (name[3] if name[1] == "targets" else name[2]) == "production"
    return f"{word}: {'this' if is_this else 'other'}"
