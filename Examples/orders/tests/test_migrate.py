import concurrent.futures

import psycopg2
import pytest

from orders import database, migrate


def tables():
    with database.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        return {row["table_name"] for row in cursor.fetchall()}


def test_each_migration_runs_once(fresh):
    assert migrate.run() == sorted(path.stem for path in migrate.DIRECTORY.glob("*.sql"))
    assert migrate.run() == []


def test_containers_that_start_together_take_turns(fresh):
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        results = [run.result() for run in [pool.submit(migrate.run) for _ in range(5)]]
    assert sorted(map(len, results)) == [0, 0, 0, 0, len(list(migrate.DIRECTORY.glob("*.sql")))]


def test_a_broken_migration_leaves_nothing_behind(fresh, tmp_path):
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id int)")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (id int); SELECT nonsense")
    with pytest.raises(psycopg2.Error):
        migrate.run(tmp_path)
    assert tables() == {"schema_migrations", "good"}
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE whole (id int)")
    assert migrate.run(tmp_path) == ["0002_bad"]
