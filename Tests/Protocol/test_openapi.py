"""schemathesis asks every operation of the server's own description, as everybody who may ask.

Held: no answer of 500 on, none that the document doesn't describe, and nothing given to whom docs/permissions.md turns
away. SLIPWAY_EXAMPLES says how many requests an operation and role get, SLIPWAY_FUZZ_SEED which."""

import collections
import os
import random

import hypothesis
import hypothesis.strategies as st
import pytest
import requests
import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import permissions
from people import APPS, ENVIRONMENTS, SHA

EXAMPLES = int(os.environ.get("SLIPWAY_EXAMPLES", "6"))
SEED = int(os.environ.get("SLIPWAY_FUZZ_SEED", "1"))
# Admin comes last: it can change who the others are.
ROLES = ["stranger", "nobody", "viewer", "deployer", "bounded", "script", "admin"]
TABLE = permissions.table()
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
NUMBERS = {
    "1": {"app": "orders", "script": "production"},
    "2": {"app": "billing", "script": "staging"},
}
KNOWN = {
    "app": APPS, "environment": ENVIRONMENTS, "id": [1, 2], "step": [0], "sha": [SHA], "stack": ["web"], "service": ["web"],
    "account": ["viewer", "deployer"], "team": ["nobody"], "name": ["PASSWORD"], "container": ["c1"],
    "terminal": ["t1"],
}  # fmt: skip
# Where one who may would end what the others need: things of their own.
DESTRUCTIVE = {
    "DELETE /api/v1/apps/{app}": ("app", "apps"),
    "DELETE /api/v1/accounts/{account}": ("account", "accounts"),
    "POST /api/v1/accounts/{account}/password": ("account", "accounts"),
    "POST /api/v1/accounts/{account}/disable": ("account", "accounts"),
    "POST /api/v1/accounts/{account}/sign-out": ("account", "accounts"),
    "DELETE /api/v1/grants/{id}": ("id", "grants"),
    "DELETE /api/v1/tokens/{id}": ("id", "tokens"),
}


@pytest.fixture(scope="session")
def document(server, people):
    found = requests.get(f"{server.url}/api/v1/openapi.json", headers=bearer(people, "viewer"), timeout=30)
    assert found.status_code == 200
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": True}})
    config.projects.default.update(base_url=server.url)
    return schemathesis.openapi.from_dict(found.json(), config=config)


def bearer(people, role):
    return {} if role == "stranger" else {"Authorization": f"Bearer {people.tokens[role]}"}


def cases(operation):
    modes = [GenerationMode.POSITIVE]
    if operation.body or operation.query or operation.headers:
        modes.append(GenerationMode.NEGATIVE)
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])


def point(case, choice):
    """Most requests are about things that are there: random names are all the same to a server."""
    for name in case.path_parameters or {}:
        if choice.random() < 0.75 and name in KNOWN:
            case.path_parameters[name] = choice.choice(KNOWN[name])


def spare(case, choice, people, role):
    """Who may end a thing is given one of their own for it, or one that isn't there."""
    label = case.operation.label
    if label in DESTRUCTIVE and (role == "admin" or "/tokens/" in label):
        name, kind = DESTRUCTIVE[label]
        nothing = 10**9 if name == "id" else f"nothing-{choice.randrange(9)}"
        case.path_parameters[name] = people.fresh(kind) if choice.random() < 0.5 else nothing


def test_everybody(document, server, people):
    ask_as([role for role in ROLES if role != "admin"], document, server, people)


def test_admin(document, server, people):
    """After all others: an admin can change who they are."""
    ask_as(["admin"], document, server, people)


def ask_as(roles, document, server, people):
    """Each request is sent by each of them."""
    print(f"SLIPWAY_FUZZ_SEED={SEED} SLIPWAY_EXAMPLES={EXAMPLES}")
    failures = []
    statuses = collections.Counter()
    for operation in document.get_all_operations():
        operation = operation.ok()

        @hypothesis.seed(SEED)
        @hypothesis.settings(
            max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate], print_blob=False,
        )  # fmt: skip
        @hypothesis.given(case=cases(operation), number=st.integers(0, 2**32))
        def ask(case, number):
            choice = random.Random(number)
            point(case, choice)
            for role in roles:
                spare(case, choice, people, role)
                statuses[check(case, server, people, role)] += 1

        try:
            ask()
        except Exception as error:  # each operation is asked, whatever became of the one before
            failures.append(f"{operation.label}: {type(error).__name__}: {error}"[:1500])
        if server.process.poll() is not None:
            failures.append(f"the server ended after {operation.label}:\n{server.words()[-3000:]}")
            break
    print(f"{statuses.total()} requests, answers {dict(sorted(statuses.items()))}")
    assert not failures, "\n\n".join(failures)


def check(case, server, people, role):
    """Sends it, holds the answer and returns its status."""
    said = f"{role}: {case.method} {case.formatted_path} {case.query} {case.body!r}"[:600]
    if lasts(case):
        status = status_of_stream(case, server, people, role)
        assert str(status) in case.operation.definition.raw["responses"], f"{said}: {status} is not described"
    else:
        answer = case.call(headers=bearer(people, role), timeout=20, allow_redirects=False)
        status = answer.status_code
        assert status < 500 or status == 503, f"{said}: {status} {answer.text[:500]}"
        case.validate_response(answer, checks=CHECKS)
    place = role if role == "stranger" else permissions.column(role, case.formatted_path, NUMBERS)
    allowed = "401" if role == "stranger" else TABLE[case.operation.label][place] if place else "yes"
    # What isn't there is said before what isn't allowed, and what nobody reads before who sends it.
    refused = {allowed, "404", "413", "414", "415", "431"}
    assert allowed == "yes" or f"{status}" in refused, f"{said}: {status}, in docs/permissions.md it is {allowed}"
    return status


def lasts(case):
    """Whether the answer may go on for ever."""
    return case.operation.label.endswith("/events") or "follow" in (case.query or {})


def status_of_stream(case, server, people, role):
    request = case.as_transport_kwargs(base_url=server.url, headers=bearer(people, role))
    with requests.request(**request, stream=True, timeout=20) as answer:
        return answer.status_code
