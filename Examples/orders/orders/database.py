"""Connections to PostgreSQL. Where it is comes from libpq's own variables: PGHOST, PGUSER, PGPASSWORD, PGDATABASE."""

import contextlib
import os
import sys
import time

import psycopg2
import psycopg2.extras


@contextlib.contextmanager
def connection(timeout=5):
    """One connection for one piece of work: committed at the end, rolled back on an error, closed in any case."""
    opened = psycopg2.connect(connect_timeout=timeout, cursor_factory=psycopg2.extras.RealDictCursor)
    try:
        with opened:
            yield opened
    finally:
        opened.close()


def wait(seconds=60):
    """Returns when the database answers; raises the last error when it has not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with connection(timeout=2) as opened, opened.cursor() as cursor:
                cursor.execute("SELECT 1")
                return
        except psycopg2.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    try:
        wait()
    except psycopg2.OperationalError as error:
        sys.exit(f"no database at {os.environ.get('PGHOST', 'the local socket')}: {error}")
    print("database is ready")
