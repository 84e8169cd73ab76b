"""Brings the schema up to date: every file of migrations/ once, in the order of its name, each in a transaction."""

import pathlib

from orders import database

DIRECTORY = pathlib.Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7213650211  # one migration at a time, however many containers start at once


def run(directory=DIRECTORY):
    """Applies what is missing and returns the names applied. Other containers wait for their turn and find it done."""
    applied = []
    with database.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        connection.commit()
        cursor.execute("SELECT name FROM schema_migrations")
        known = {row["name"] for row in cursor.fetchall()}
        for path in sorted(directory.glob("*.sql")):
            if path.stem in known:
                continue
            cursor.execute(path.read_text(encoding="utf-8"))
            cursor.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.stem,))
            connection.commit()
            applied.append(path.stem)
    return applied


def version(connection):
    """The name of the newest migration that the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(name) AS name FROM schema_migrations")
        return cursor.fetchone()["name"]
