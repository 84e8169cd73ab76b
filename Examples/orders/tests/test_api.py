import pytest

TEA = {"customer": "Ada", "item": "tea", "quantity": 2, "unit_price_cents": 350}


def test_an_order_lives_from_placed_to_gone(client):
    made = client.post("/orders", json=TEA)
    assert made.status_code == 201
    assert made.json | TEA == made.json
    assert made.json["status"] == "placed"
    where = made.headers["Location"]

    assert client.get(where).json == made.json
    paid = client.patch(where, json={"status": "paid"})
    assert paid.json["status"] == "paid"
    assert paid.json["updated_at"] >= made.json["updated_at"]

    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.delete(where).status_code == 404


def test_the_list_comes_in_pages(client):
    for number in range(101):
        client.post("/orders", json=TEA | {"item": f"tea {number}"})
    first = client.get("/orders").json
    assert len(first["orders"]) == 100
    second = client.get(f"/orders?after={first['next']}").json
    assert [order["item"] for order in second["orders"]] == ["tea 100"]
    assert second["next"] is None


def test_the_list_of_one_customer(client):
    client.post("/orders", json=TEA)
    client.post("/orders", json=TEA | {"customer": "Grace"})
    assert [order["customer"] for order in client.get("/orders?customer=Grace").json["orders"]] == ["Grace"]


@pytest.mark.parametrize(
    "body, named",
    [
        ({}, "customer"),
        (TEA | {"quantity": 0}, "quantity"),
        (TEA | {"quantity": True}, "quantity"),
        (TEA | {"quantity": 2**40}, "quantity"),
        (TEA | {"unit_price_cents": -1}, "unit_price_cents"),
        (TEA | {"customer": " "}, "customer"),
        (TEA | {"item": "a\0b"}, "item"),
        (TEA | {"status": "lost"}, "status"),
        (TEA | {"status": ["paid"]}, "status"),
        (TEA | {"colour": "red"}, "colour"),
        (["not", "an", "object"], "JSON object"),
    ],
)
def test_a_bad_order_is_refused_by_name(client, body, named):
    answer = client.post("/orders", json=body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert named in answer.get_json(force=True)["detail"]
    assert client.get("/orders").json["orders"] == []


def test_a_bad_cursor_is_refused(client):
    assert client.get("/orders?after=x").status_code == 400


def test_text_is_data_never_sql(client):
    name = "Robert'); DROP TABLE orders;--"
    client.post("/orders", json=TEA | {"customer": name})
    assert client.get("/orders").json["orders"][0]["customer"] == name


def test_health_names_revision_and_schema(client, monkeypatch):
    monkeypatch.setenv("REVISION", "c0ffee")
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json["revision"] == "c0ffee"
    assert answer.json["schema"] == "0002_index_orders_by_customer"


def test_health_fails_without_the_database(client, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    assert client.get("/health").status_code == 503
    assert client.get("/orders").status_code == 503
