"""Starts the service: waits for the database, migrates, then becomes gunicorn, which finishes open requests on TERM."""

import os
import signal
import sys

import psycopg2

from orders import database, migrate


def main():
    # As process 1 of a container a signal without a handler is ignored: be stoppable while waiting.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        database.wait()
        for name in migrate.run():
            print(f"migrated: {name}", flush=True)
    except psycopg2.Error as error:
        sys.exit(f"orders: can't prepare the database: {str(error).strip()}")
    os.execvp(
        "gunicorn",
        [
            "gunicorn",
            "--bind=0.0.0.0:" + os.environ.get("PORT", "8000"),
            "--worker-class=gthread",
            "--threads=8",
            "--graceful-timeout=25",
            "--worker-tmp-dir=/dev/shm",
            "orders.api:create_app()",
        ],
    )


if __name__ == "__main__":
    main()
