"""The HTTP side: /orders and /health."""

import os

import flask
import psycopg2
from werkzeug.exceptions import BadRequest, HTTPException, NotFound

from orders import database, migrate

COLUMNS = "id, customer, item, quantity, unit_price_cents, status, created_at, updated_at"
STATUSES = ("placed", "paid", "shipped", "cancelled")
PAGE = 100
LARGEST = 2**31 - 1


def create_app():
    """The WSGI application."""
    app = flask.Flask("orders")
    app.register_blueprint(orders)
    app.add_url_rule("/health", view_func=health)
    app.register_error_handler(HTTPException, problem)
    app.register_error_handler(psycopg2.OperationalError, unavailable)
    return app


def health():
    """200 while the database answers; says which revision and schema run here."""
    with database.connection(timeout=2) as connection:
        schema = migrate.version(connection)
    return {"status": "ok", "service": "orders", "revision": os.environ.get("REVISION", "unknown"), "schema": schema}


def problem(error):
    """Every error as an RFC 9457 problem document."""
    body = {"title": error.name, "status": error.code, "detail": error.description}
    return body, error.code, {"Content-Type": "application/problem+json"}


def unavailable(error):
    """No database, no answer: 503, so that a load balancer asks another container."""
    flask.current_app.logger.error("database: %s", str(error).strip())
    body = {"title": "Service Unavailable", "status": 503, "detail": "the database does not answer"}
    return body, 503, {"Content-Type": "application/problem+json"}


orders = flask.Blueprint("orders", __name__, url_prefix="/orders")


@orders.get("")
def index():
    """Oldest first, 100 a page; `after` is the id of the last one seen, `customer` picks one customer's."""
    after = flask.request.args.get("after", default="0")
    if not after.isdecimal() or len(after) > 18:
        raise BadRequest("after must be the id of an order")
    condition, values = "id > %s", [int(after)]
    if customer := flask.request.args.get("customer"):
        condition, values = condition + " AND customer = %s", values + [customer]
    found = query(f"SELECT {COLUMNS} FROM orders WHERE {condition} ORDER BY id LIMIT {PAGE + 1}", values)
    page = [shown(row) for row in found[:PAGE]]
    return {"orders": page, "next": page[-1]["id"] if len(found) > PAGE else None}


@orders.post("")
def create():
    """A new order; its status is `placed`."""
    order = fields(required=("customer", "item", "quantity", "unit_price_cents"))
    names = ", ".join(order)
    places = ", ".join(["%s"] * len(order))
    row = query(f"INSERT INTO orders ({names}) VALUES ({places}) RETURNING {COLUMNS}", list(order.values()))[0]
    return shown(row), 201, {"Location": f"/orders/{row['id']}"}


@orders.get("/<int:number>")
def show(number):
    """One order."""
    return shown(one(query(f"SELECT {COLUMNS} FROM orders WHERE id = %s", [number]), number))


@orders.patch("/<int:number>")
def change(number):
    """Changes the fields that are given."""
    changes = fields()
    if not changes:
        raise BadRequest("nothing to change")
    settings = ", ".join(f"{name} = %s" for name in changes)
    statement = f"UPDATE orders SET {settings}, updated_at = now() WHERE id = %s RETURNING {COLUMNS}"
    return shown(one(query(statement, [*changes.values(), number]), number))


@orders.delete("/<int:number>")
def remove(number):
    """Forgets an order."""
    one(query("DELETE FROM orders WHERE id = %s RETURNING id", [number]), number)
    return "", 204


def query(statement, values):
    with database.connection() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def one(rows, number):
    if not rows:
        raise NotFound(f"there is no order {number}")
    return rows[0]


def shown(row):
    return {**row, "created_at": row["created_at"].isoformat(), "updated_at": row["updated_at"].isoformat()}


def fields(required=()):
    """The body's fields, checked; a 400 that names the field otherwise."""
    body = flask.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    for name in required:
        if name not in body:
            raise BadRequest(f"{name} is missing")
    for name, value in body.items():
        if name not in CHECKS:
            raise BadRequest(f"{name} is not a field of an order")
        check, rule = CHECKS[name]
        if not check(value):
            raise BadRequest(f"{name} must be {rule}")
    return body


def text(value):
    return isinstance(value, str) and value.strip() != "" and len(value) <= 200 and "\0" not in value


def whole(value, least):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST


CHECKS = {
    "customer": (text, "a text of 1 to 200 characters"),
    "item": (text, "a text of 1 to 200 characters"),
    "quantity": (lambda value: whole(value, 1), "a whole number above 0"),
    "unit_price_cents": (lambda value: whole(value, 0), "a whole number from 0 on"),
    "status": (lambda value: value in STATUSES, "one of " + ", ".join(STATUSES)),
}
