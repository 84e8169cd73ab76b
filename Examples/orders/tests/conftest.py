import pytest

from orders import database, migrate
from orders.api import create_app


def empty():
    with database.connection() as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def fresh():
    """A database without a schema, before and after."""
    empty()
    yield
    empty()


@pytest.fixture
def client(fresh):
    """The API on a database that has every migration."""
    migrate.run()
    return create_app().test_client()
