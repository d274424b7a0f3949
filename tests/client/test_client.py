"""``FlashbackClient`` against the emulator: what it offers, and what it does under faults."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from pulumi_flashback import client as api
from pulumi_flashback.client import FlashbackClient, retry
from pulumi_flashback.emulator import Emulator, EmulatorSettings
from pulumi_flashback.testing import EmulatorFactory

KEY, SECRET = "CANARYKEY7QX2", "canary/secret+wJalrXUtnFEMI="
CREATE = {"key": KEY, "secret": SECRET, "provider": "AWS"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less between attempts."""
    monkeypatch.setattr(retry, "FIRST_WAIT_SECONDS", 0.01)


@pytest.fixture
def connect() -> Iterator[Callable[..., FlashbackClient]]:
    """Return a function that makes clients of an emulator, signed in by a token."""
    clients: list[FlashbackClient] = []

    def make(emulator: Emulator, **settings: Any) -> FlashbackClient:
        if not settings.keys() & {"token", "email", "refresh_token"}:
            settings["token"] = emulator.token
        clients.append(FlashbackClient(emulator.base_url, **settings))
        return clients[-1]

    yield make
    for each in clients:
        each.close()


Connect = Callable[..., FlashbackClient]


def test_a_key_from_its_creation_to_its_end(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator)
    workspace = flashback_emulator.workspace_id
    created = client.api_keys.create(
        workspace_id=workspace,
        **CREATE,
        endpoint="s3.example.com",
        region="us-east-1",
        tenant_id="tenant",
        subscription_id="subscription",
        description="text",
    )
    row = client.api_keys.get(created.api_key_id, workspace_id=workspace)
    assert row is not None
    assert row.model_dump(exclude={"id", "created_at"}) == {
        "key": KEY,
        "provider": "AWS",
        "endpoint": "s3.example.com",
        "region": "us-east-1",
        "tenant_id": "tenant",
        "subscription_id": "subscription",
        "description": "text",
        "bucket_count": 0,
        "aillm_count": 0,
    }
    client.api_keys.update(row.id, {"secret": "another", "region": None})
    assert flashback_emulator.api_keys()[0]["secret"] == "another"
    assert client.api_keys.list(workspace_id=workspace)[0].region is None
    assert client.api_keys.list(provider="GCP") == []
    assert len(client.api_keys.list(capability=1)) == 1
    client.api_keys.delete(row.id)
    assert client.api_keys.list() == []
    assert client.workspaces.get(workspace).name == "Demo"


def test_login_refresh_and_health(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator)
    tokens = client.login(flashback_emulator.email, flashback_emulator.password)
    renewed = client.refresh(tokens.refresh_token or "")
    assert renewed.access_token != tokens.access_token
    with connect(flashback_emulator, token=renewed.access_token) as other:
        assert other.api_keys.list() == []
    with FlashbackClient(flashback_emulator.base_url) as anonymous:
        assert anonymous.health().status == "ok"


@pytest.mark.parametrize("name", ["refresh_token", "refreshToken"])
def test_refresh_works_under_both_names_of_the_field(
    connect: Connect, flashback_emulator_factory: EmulatorFactory, name: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(refresh_field=name))
    client = connect(emulator)
    tokens = client.login(emulator.email, emulator.password)
    assert client.refresh(tokens.refresh_token or "").access_token


def test_a_refused_refresh_falls_back_to_the_login(
    connect: Connect, flashback_emulator: Emulator
) -> None:
    emulator = flashback_emulator
    client = connect(
        emulator, refresh_token="used-up", email=emulator.email, password=emulator.password
    )
    assert client.api_keys.list() == []


def test_an_expired_token_is_renewed_once_for_all_threads(
    connect: Connect, flashback_emulator_factory: EmulatorFactory
) -> None:
    emulator = flashback_emulator_factory()
    client = connect(emulator, email=emulator.email, password=emulator.password)
    client.api_keys.list()
    emulator.expire_tokens()
    run_together(12, client.api_keys.list)
    assert emulator.count("POST", "/user/login") == 1
    assert emulator.count("POST", "/user/refresh") == 1
    assert emulator.count("GET", "/apikeys") <= 1 + 2 * 12


def test_a_refresh_token_alone_is_enough(connect: Connect, flashback_emulator: Emulator) -> None:
    tokens = connect(flashback_emulator).login(
        flashback_emulator.email, flashback_emulator.password
    )
    client = connect(flashback_emulator, refresh_token=tokens.refresh_token)
    assert client.api_keys.list() == []


def test_a_token_alone_is_not_renewed(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator, token="wrong")
    with pytest.raises(api.AuthenticationError, match="FLASHBACK_TOKEN"):
        client.api_keys.list()
    assert len(flashback_emulator.requests) == 1


@pytest.mark.parametrize("setting", ["documented", "401"])
def test_an_expired_token_is_recognised_below_workspaces_too(
    connect: Connect, flashback_emulator_factory: EmulatorFactory, setting: Any
) -> None:
    emulator = flashback_emulator_factory(EmulatorSettings(unknown_caller_of_workspaces=setting))
    client = connect(emulator, token="old", email=emulator.email, password=emulator.password)
    assert client.workspaces.get(emulator.workspace_id).id == emulator.workspace_id


def test_without_credentials_the_error_names_every_way(flashback_emulator: Emulator) -> None:
    with (
        FlashbackClient(flashback_emulator.base_url) as client,
        pytest.raises(api.ConfigurationError, match=r"flashback:token .* flashback:email"),
    ):
        client.api_keys.list()
    assert flashback_emulator.requests == []


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"password": "wrong"}, api.AuthenticationError, "the password is wrong"),
        ({"email": "nobody@x.example"}, api.AuthenticationError, "no user has this email"),
    ],
)
def test_a_failed_login_says_why(
    connect: Connect,
    flashback_emulator: Emulator,
    changes: dict[str, str],
    error: type[Exception],
    message: str,
) -> None:
    login = {"email": flashback_emulator.email, "password": flashback_emulator.password}
    with pytest.raises(error, match=message):
        connect(flashback_emulator, **{**login, **changes}).api_keys.list()


def test_refusals_have_classes(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator)
    workspace = flashback_emulator.workspace_id
    client.api_keys.create(workspace_id=workspace, **CREATE)
    with pytest.raises(api.DuplicateError) as duplicate:
        client.api_keys.create(workspace_id=workspace, **CREATE)
    assert duplicate.value.status == 400
    assert duplicate.value.request_id
    with pytest.raises(api.BadRequestError, match="Invalid provider"):
        client.api_keys.create(workspace_id=workspace, **{**CREATE, "provider": "IBM"})
    with pytest.raises(api.PermissionDeniedError):
        client.api_keys.create(workspace_id="another", **CREATE)
    with pytest.raises(api.NotFoundError):
        client.api_keys.delete("nope")
    with pytest.raises(api.InvalidIdentifierError):
        client.api_keys.delete("../workspace/" + workspace)
    with pytest.raises(api.NotFoundError):
        client.workspaces.get("nope")


NO_ANSWER = ["refuse", "reset-before-effect", "commit-then-reset", "cut-off"]
FAILING = ["500", "503", "commit-then-502", "html-502"]
UNUSABLE = ["truncated-json", "wrong-shape", "without-id", "empty-body", "redirect"]


@pytest.mark.parametrize("fault", [*NO_ANSWER, *FAILING, *UNUSABLE])
def test_a_create_that_may_have_taken_effect_is_sent_once(
    connect: Connect, faulty_emulator: Emulator, fault: str
) -> None:
    faulty_emulator.script_faults({"POST /apikeys": [fault]})
    client = connect(faulty_emulator)
    with pytest.raises(api.FlashbackError) as failure:
        client.api_keys.create(workspace_id=faulty_emulator.workspace_id, **CREATE)
    assert failure.value.may_have_taken_effect
    assert faulty_emulator.count("POST", "/apikeys") == 1
    assert faulty_emulator.faults_left() == {}


@pytest.mark.parametrize("fault", ["stall-before-commit", "stall-after-commit", "slow-drip"])
def test_a_silent_create_ends_in_time_and_is_sent_once(
    connect: Connect, faulty_emulator: Emulator, fault: str
) -> None:
    faulty_emulator.script_faults({"POST /apikeys": [fault]})
    client = connect(faulty_emulator, timeout=0.5)
    started = time.monotonic()
    with pytest.raises(api.APIConnectionError) as failure:
        client.api_keys.create(workspace_id=faulty_emulator.workspace_id, **CREATE)
    assert failure.value.may_have_taken_effect
    assert time.monotonic() - started < 60
    assert faulty_emulator.faults_left() == {}


def test_a_create_is_sent_again_after_a_rate_limit(
    connect: Connect, faulty_emulator: Emulator
) -> None:
    faulty_emulator.script_faults({"POST /apikeys": [{"fault": "rate-limit", "retryAfter": "0"}]})
    client = connect(faulty_emulator)
    client.api_keys.create(workspace_id=faulty_emulator.workspace_id, **CREATE)
    assert faulty_emulator.count("POST", "/apikeys") == 2
    assert len(faulty_emulator.api_keys()) == 1


def test_a_create_is_sent_again_where_nobody_listened(tmp_path: Path) -> None:
    data = tmp_path / "flashback.db"
    with Emulator(data=data) as first:
        port, token = int(first.base_url.rpartition(":")[2]), first.token
    emulators: list[Emulator] = []
    late = threading.Timer(0.3, lambda: emulators.append(Emulator(data=data, port=port).start()))
    late.start()
    with FlashbackClient(f"http://127.0.0.1:{port}", token=token, max_retries=9) as client:
        client.api_keys.create(workspace_id="workspace-uuid", **CREATE)
    late.join()
    (emulator,) = emulators
    assert len(emulator.api_keys()) == 1
    emulator.stop()


def test_a_closed_client_says_so(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator)
    client.close()
    with pytest.raises(api.APIConnectionError, match="the client is closed"):
        client.api_keys.list()


def test_nobody_listening_is_a_clear_error() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with (
            FlashbackClient(f"http://127.0.0.1:{port}", token="t", max_retries=1) as client,
            pytest.raises(api.APIConnectionError, match="cannot connect") as failure,
        ):
            client.api_keys.create(workspace_id="workspace-uuid", **CREATE)
    assert not failure.value.may_have_taken_effect


@pytest.mark.parametrize("fault", [*NO_ANSWER, *FAILING, "truncated-json", "wrong-shape"])
def test_what_may_be_repeated_is_repeated(
    connect: Connect, faulty_emulator: Emulator, fault: str
) -> None:
    emulator, client = faulty_emulator, connect(faulty_emulator)
    identifier = emulator.add_api_key()
    emulator.script_faults({"GET /apikeys": [fault, fault]})
    assert [row.id for row in client.api_keys.list()] == [identifier]
    assert emulator.count("GET", "/apikeys") == 3
    emulator.script_faults({"PUT /apikeys/{id}": [fault, fault]})
    client.api_keys.update(identifier, {"region": "new"})
    assert emulator.api_keys()[0]["region"] == "new"
    assert emulator.faults_left().keys() <= {"PUT /apikeys/{id}"}


def test_retries_end(connect: Connect, faulty_emulator: Emulator) -> None:
    faulty_emulator.script_faults({"GET /apikeys": [{"fault": "503", "times": "forever"}]})
    client = connect(faulty_emulator, max_retries=3)
    with pytest.raises(api.ServerError, match="503 Internal server error"):
        client.api_keys.list()
    assert faulty_emulator.count("GET") == 4


@pytest.mark.parametrize("value", ["3600", "86400.5"])
def test_a_long_retry_after_is_told_and_not_waited_for(
    connect: Connect, faulty_emulator: Emulator, value: str
) -> None:
    faulty_emulator.script_faults({"GET /apikeys": [{"fault": "rate-limit", "retryAfter": value}]})
    with pytest.raises(api.RateLimitError, match=f"asks to wait {float(value):.0f} seconds"):
        connect(faulty_emulator).api_keys.list()


def test_a_used_up_quota_is_not_asked_again(connect: Connect, faulty_emulator: Emulator) -> None:
    body = '{"success": false, "message": "API key quota exceeded"}'
    faulty_emulator.script_faults({"POST /apikeys": [{"fault": "rate-limit", "body": body}]})
    with pytest.raises(api.RateLimitError, match="quota exceeded"):
        connect(faulty_emulator).api_keys.create(workspace_id="workspace-uuid", **CREATE)
    assert faulty_emulator.count("POST") == 1


def test_one_rate_limit_slows_all_threads(connect: Connect, faulty_emulator: Emulator) -> None:
    faulty_emulator.script_faults({"GET /apikeys": [{"fault": "rate-limit", "retryAfter": "1"}]})
    client = connect(faulty_emulator)
    limited = threading.Thread(target=client.api_keys.list)
    limited.start()
    while not faulty_emulator.requests:
        time.sleep(0.01)
    time.sleep(0.1)
    started = time.monotonic()
    client.api_keys.list()
    assert time.monotonic() - started > 0.5
    limited.join()


def test_a_redirect_is_not_followed(connect: Connect, faulty_emulator: Emulator) -> None:
    with Emulator() as elsewhere:
        location = f"{elsewhere.base_url}/apikeys"
        faulty_emulator.script_faults(
            {"GET /apikeys": [{"fault": "redirect", "location": location}]}
        )
        with pytest.raises(api.InvalidResponseError, match="redirects to another address"):
            connect(faulty_emulator).api_keys.list()
        assert elsewhere.requests == []


def test_connections_are_kept_and_shared(connect: Connect, flashback_emulator: Emulator) -> None:
    client = connect(flashback_emulator)
    for _ in range(3):
        run_together(8, client.api_keys.list)
    pool = cast(Any, client._transport)._pool
    assert len(pool.connections) <= 8


@pytest.mark.parametrize("how", [str, repr])
def test_errors_and_logs_hold_no_secret(
    connect: Connect,
    faulty_emulator: Emulator,
    caplog: pytest.LogCaptureFixture,
    how: Callable[[object], str],
) -> None:
    token = faulty_emulator.token
    echoes = [
        f'{{"success": false, "message": "{text}"}}'
        for text in (
            f"bad {SECRET} and {KEY} and {token}",
            "bad canary%2Fsecret%2BwJalrXUtnFEMI%3D",
            "bad Y2FuYXJ5L3NlY3JldCt3SmFsclhVdG5GRU1JPQ==",
        )
    ]
    client = connect(faulty_emulator, token=token, email="e", password="canary-password")
    assert "canary" not in repr(client._session._credentials)
    with caplog.at_level(logging.DEBUG):
        for echo in echoes:
            faulty_emulator.script_faults({"POST /apikeys": [{"fault": "500", "body": echo}]})
            with pytest.raises(api.ServerError) as failure:
                client.api_keys.create(workspace_id="workspace-uuid", **CREATE)
            error: BaseException | None = failure.value
            while error is not None:
                assert_clean(how(error), token)
                error = error.__cause__ or error.__context__
    assert_clean(caplog.text, token)


def assert_clean(text: str, token: str) -> None:
    assert "\n" not in text.strip() or "DEBUG" in text
    for canary in (SECRET, KEY, token, "canary-password", "canary%2F", "Y2FuYXJ5L3Nl"):
        assert canary not in text


def test_a_text_of_the_backend_is_one_short_line(
    connect: Connect, faulty_emulator: Emulator
) -> None:
    body = '{"message": "\\u001b[31mred\\nline' + "x" * 1_000_000 + '"}'
    faulty_emulator.script_faults({"GET /apikeys": [{"fault": "500", "status": 400, "body": body}]})
    with pytest.raises(api.BadRequestError) as failure:
        connect(faulty_emulator).api_keys.list()
    assert str(failure.value).startswith("GET /apikeys: 400 red linexxx")
    assert len(str(failure.value)) < 600


@pytest.mark.parametrize(
    "body",
    [
        '{"success": true, "apiKeys": {}}',
        '{"success": true}',
        "[" * 100_000,
        "null",
        "",
    ],
    ids=lambda body: body[:45] or "empty",
)
def test_hostile_answers_are_refused(
    connect: Connect, faulty_emulator: Emulator, body: str
) -> None:
    fault = {"fault": "none", "status": 200, "body": body, "times": "forever"}
    faulty_emulator.script_faults({"GET /apikeys": [fault]})
    with pytest.raises(api.InvalidResponseError, match="not what the API promises"):
        connect(faulty_emulator, max_retries=0).api_keys.list()


def test_a_wrong_content_type_does_not_matter(connect: Connect, faulty_emulator: Emulator) -> None:
    faulty_emulator.script_faults({"POST /apikeys": ["wrong-content-type"]})
    created = connect(faulty_emulator).api_keys.create(workspace_id="workspace-uuid", **CREATE)
    assert created.api_key_id == faulty_emulator.api_keys()[0]["id"]


def run_together(count: int, work: Callable[[], object]) -> None:
    barrier = threading.Barrier(count)
    failures: list[Exception] = []

    def run() -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
