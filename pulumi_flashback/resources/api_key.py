"""The ``ApiKey`` resource: a provider credential that belongs to a workspace."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Final

from pydantic import AfterValidator

from pulumi_flashback.client import (
    ApiKey,
    BadRequestError,
    DuplicateError,
    FlashbackError,
    NotFoundError,
)
from pulumi_flashback.client.deadline import extra_time
from pulumi_flashback.core.context import Context
from pulumi_flashback.core.create_once import LOOK_SECONDS, Lost, create_once
from pulumi_flashback.core.list_cache import settled
from pulumi_flashback.core.properties import (
    Inputs,
    OpenEnum,
    Outputs,
    input_property,
    output_property,
)
from pulumi_flashback.core.resource import PartialFailureError, Resource
from pulumi_flashback.core.validators import (
    TELLING_END,
    caseless,
    endpoint_key,
    identifies,
    is_masked,
    masks,
    tidy,
    valid_endpoint,
    valid_id,
    valid_identifier,
    valid_text,
)
from pulumi_flashback.core.values import Properties
from pulumi_flashback.resources.api_key_lists import lists_of
from pulumi_flashback.resources.workspaces import view_of
from pulumi_flashback.suggested_commands import to_delete_key

KNOWN_PROVIDERS: Final = {
    "AWS": "Amazon Web Services, and services with its protocol",
    "GCP": "Google Cloud",
    "AZURE": "Microsoft Azure",
    "OPENAI": "OpenAI",
    "ANTHROPIC": "Anthropic",
    "OTHER": "Any other provider",
}
"""The provider types that the platform's documentation names; it takes others as well."""

GRACE_SECONDS = 1.0
"""Time for the engine to name the keys that other resources of the program hold."""

_Text = Annotated[str, AfterValidator(valid_text)]
_Id = Annotated[str, AfterValidator(valid_id)]
_Identifier = Annotated[str, AfterValidator(valid_identifier)]
_Provider = Annotated[
    str, AfterValidator(valid_identifier), OpenEnum("ProviderType", KNOWN_PROVIDERS)
]
_Endpoint = Annotated[str, AfterValidator(valid_endpoint)]


class ApiKeyInputs(Inputs):
    """Inputs of ``ApiKey`` (Flashback API reference, ``POST /apikeys``)."""

    workspace_id: _Id = input_property(
        "The workspace that owns the key. Another value replaces the key: a new one is created "
        "in the new workspace before the old one is deleted.",
        replaces=True,
    )
    key: _Text = input_property(
        "The public half of the credential: access key, identifier or email address, depending "
        "on the provider. Changed in place. Kept as a secret; it can be exported.",
        secret=True,
    )
    secret: _Text = input_property(
        "The private half of the credential. Changed in place. The platform never returns it, so "
        "a change made elsewhere cannot be noticed.",
        secret=True,
    )
    provider: _Provider = input_property(
        "The provider type: `AWS`, `GCP`, `AZURE`, `OPENAI`, `ANTHROPIC`, `OTHER`, or another one "
        "that the platform knows. Changed in place.",
    )
    endpoint: _Endpoint | None = input_property(
        "A custom endpoint, as a host such as `s3.us-east-1.amazonaws.com` or a URL, for "
        "S3-compatible services. Leaving it out again clears it.",
        optional=True,
    )
    region: _Identifier | None = input_property(
        "The provider's region. Leaving it out again clears it.", optional=True
    )
    tenant_id: _Identifier | None = input_property(
        "The Azure tenant. Leaving it out again clears it.", optional=True
    )
    subscription_id: _Identifier | None = input_property(
        "The Azure subscription. Leaving it out again clears it.", optional=True
    )
    description: _Text | None = input_property(
        "Free text; the only label that the platform has for a key. Leaving it out again clears "
        "it.",
        optional=True,
    )
    rotation_triggers: dict[str, str] | None = input_property(
        "Any texts. When one of them changes, `key` and `secret` are written again although they "
        "look unchanged: the platform never returns a secret, so a change made elsewhere cannot be "
        "noticed otherwise.",
        optional=True,
    )
    adopt_existing: bool | None = input_property(
        "What happens where the platform refuses a new key because an identical one exists: `true` "
        "takes over the existing key of the same workspace, provider, key and endpoint, and writes "
        "this secret and these fields to it. So a lost state heals by running `pulumi up` again. "
        "Do not use it where another stack may hold that key.",
        optional=True,
        local=True,
    )


class ApiKeyOutputs(Outputs):
    """Outputs of ``ApiKey``."""

    api_key_id: str = output_property(
        "The id that the platform gave the key; also the id of the resource.", same_as_id=True
    )
    org_id: str | None = output_property("The organization that the workspace belongs to.")


_VISIBLE: Final = {
    name: attribute
    for name, attribute in ApiKeyInputs.python_names().items()
    if attribute in ApiKey.model_fields
}
"""The inputs that a list shows, with the attribute of its rows."""

_FIELDS: Final = frozenset({*_VISIBLE, "secret"})
"""The inputs that the platform can change."""


def warn(inputs: Properties) -> tuple[str, ...]:
    """Warn of what is probably not meant, and may be."""
    return (*_odd_provider(inputs.get("provider")), *_odd_credential(inputs))


def _odd_provider(provider: object) -> tuple[str, ...]:
    """The documented list of providers grows."""
    if not isinstance(provider, str) or not provider.strip() or provider in KNOWN_PROVIDERS:
        return ()
    return (
        "an API key has a provider that is none of "
        f"{', '.join(KNOWN_PROVIDERS)}; it is sent as written, and the platform may refuse it",
    )


def _odd_credential(inputs: Properties) -> tuple[str, ...]:
    """A file or a pipe leaves a line break. At the end of several lines it belongs there."""
    key, secret = inputs.get("key"), inputs.get("secret")
    odd = []
    if isinstance(key, str) and key.strip() and key != key.strip():
        odd.append("key begins or ends with white space")
    if isinstance(secret, str) and secret.strip() and len(secret.strip().splitlines()) == 1:
        odd += ["secret ends with a line break"] * secret.endswith(("\n", "\r"))
    return tuple(f"{each}; it is sent as written. If that is not meant, remove it" for each in odd)


def create(context: Context, inputs: Properties) -> tuple[str, Properties]:
    """``POST /apikeys``, once, whatever happens to its answer; returns the id and the outputs.

    Raises:
        FlashbackError: Nothing was created, or the text says what to look for.
    """
    workspace_id = inputs["workspaceId"]
    before = lists_of(context).ids_before(workspace_id)
    with context.ownership.lock(*_identity(inputs)):
        try:
            identifier = create_once(
                lambda: _post(context, inputs), _lost(context, inputs, before), context
            )
        except DuplicateError as error:
            return _adopted(context, inputs, error)
    lists_of(context).written(workspace_id)
    return identifier, _with_organization(context, {**inputs, "apiKeyId": identifier}, None)


def read(context: Context, identifier: str, state: Properties) -> Properties | None:
    """Return the key as the platform has it, or None where it is gone.

    The secret is taken from the state, and so is a key that the platform masks.

    Raises:
        FlashbackError: It could not be determined whether the key exists.
    """
    workspace_id = state.get("workspaceId")
    if not workspace_id:
        raise FlashbackError("the id of its workspace is needed to find it")
    row = lists_of(context).find(workspace_id, identifier)
    if row is not None:
        return _with_organization(context, _outputs(row, state), state.get("orgId"))
    _make_sure_that_it_is_gone(context, identifier, state)
    if "apiKeyId" not in state:  # not a refresh: somebody asks for a key by its id
        raise FlashbackError(
            f"workspace {workspace_id} has no API key with this id. Check both ids"
        )
    return None


def find(context: Context, import_id: str) -> tuple[str, Properties]:
    """Return id and outputs of a key for an import: ``WORKSPACE_ID/API_KEY_ID``.

    Raises:
        FlashbackError: The id has another form, or there is no such key.
    """
    workspace_id, _, identifier = import_id.partition("/")
    if not workspace_id or not identifier or "/" in identifier:
        raise FlashbackError(
            "the id of its workspace is needed, too, because the platform can only list the keys "
            "of a workspace: WORKSPACE_ID/API_KEY_ID"
        )
    outputs = read(context, identifier, {"workspaceId": workspace_id})
    assert outputs is not None  # noqa: S101 - a missing one has raised
    return identifier, outputs


def update(context: Context, identifier: str, state: Properties, inputs: Properties) -> Properties:
    """``PUT /apikeys/{id}`` with the changed fields only.

    An optional field that was removed is sent as null. Backends differ in what they make of that,
    so the list is read afterwards, and an empty string is sent where null did nothing.

    Raises:
        PartialFailureError: Some of it is changed, or may be. What the platform has in the place of
            a changed value is not known then, so the outputs lack it and the next run writes it,
            even if the program has taken the change back.
        FlashbackError: The change was refused.
    """
    try:
        return _updated(context, identifier, state, inputs)
    except FlashbackError as error:
        if not error.may_have_taken_effect:
            raise
        changes = _changes(state, inputs)
        sure = {n: v for n, v in state.items() if changes.get(n) is None}
        failure = PartialFailureError(str(error), identifier, sure)
        failure.may_have_taken_effect, failure.hopeless = True, error.hopeless
        raise failure from None


def _updated(
    context: Context, identifier: str, state: Properties, inputs: Properties
) -> Properties:
    workspace_id = inputs["workspaceId"]
    changes = _changes(state, inputs)
    removed = [name for name, value in changes.items() if value is None]
    lists_of(context).written(workspace_id)
    try:
        if changes:
            _put(context, identifier, changes, removed)
        if removed:
            _make_sure_of_removal(context, identifier, state, inputs, removed)
    except NotFoundError as error:
        raise FlashbackError(
            f"the platform does not have it any more ({error.brief}). Run `pulumi refresh`; the "
            "next `pulumi up` creates it again"
        ) from None
    except DuplicateError as error:
        raise _taken_by_another(context, identifier, inputs, error) from None
    finally:
        lists_of(context).written(workspace_id)
    kept = {name: state[name] for name in ApiKeyOutputs.names() if name in state}
    return {**kept, **inputs, "apiKeyId": identifier}


def delete(context: Context, identifier: str, state: Properties) -> None:
    """``DELETE /apikeys/{id}``; a key that is gone already is deleted.

    Neither the status for "no such key" nor the one for "in use" is certain, and an answer can be
    lost, so after any failure the list decides.

    Raises:
        FlashbackError: The key is in use, or it could not be determined whether it is gone.
    """
    workspace_id = state["workspaceId"]
    try:
        context.client.api_keys.delete(identifier)
    except FlashbackError as error:
        if error.not_processed:
            raise
        failure = error
    else:
        return
    finally:
        lists_of(context).written(workspace_id)
    try:
        with extra_time(LOOK_SECONDS):
            # a list that contradicts the response to the delete may be older than it
            gone = isinstance(failure, NotFoundError)
            row = settled(
                lambda: lists_of(context).now(workspace_id).find(identifier),
                lambda row: (row is None) == gone,
            )
            if row is None:
                _make_sure_that_it_is_gone(context, identifier, state)
    except FlashbackError as error:
        raise FlashbackError(
            f"{failure.brief}; and could not determine whether it still exists ({error.brief}). "
            "Check the credentials and their role in the workspace, then run the same command "
            "again; only if the key is certainly gone, remove it from the state with `pulumi state "
            "delete URN`"
        ) from None
    if row is not None:
        raise FlashbackError(_why_kept(row, failure))


def _post(context: Context, inputs: Properties) -> str:
    return context.client.api_keys.create(
        workspace_id=inputs["workspaceId"],
        key=inputs["key"],
        secret=inputs["secret"],
        provider=inputs["provider"],
        endpoint=inputs.get("endpoint"),
        region=inputs.get("region"),
        tenant_id=inputs.get("tenantId"),
        subscription_id=inputs.get("subscriptionId"),
        description=inputs.get("description"),
    ).api_key_id


def _lost(context: Context, inputs: Properties, before: frozenset[str] | None) -> Lost:
    workspace_id = inputs["workspaceId"]
    return Lost(
        before=before,
        find_ours=lambda: [
            row.id for row in lists_of(context).now(workspace_id) if _is_ours(row, inputs)
        ],
        advice=(
            f"Look in workspace {workspace_id} for a key of provider {inputs['provider']} that no "
            "stack holds (`flashback orphans` lists them); take it over with adoptExisting, or "
            "delete it and run `pulumi up` again"
        ),
    )


def _adopted(
    context: Context, inputs: Properties, duplicate: DuplicateError
) -> tuple[str, Properties]:
    """Take over the key that is in the way, where that is wanted and certain."""
    workspace_id = inputs["workspaceId"]
    rows = _rows_in_the_way(context, inputs)
    wanted = inputs.get("adoptExisting")
    if not (context.adopt_existing if wanted is None else wanted):
        raise _in_the_way(context, rows, workspace_id, duplicate) from None
    context.ownership.wait_for_others(GRACE_SECONDS)
    endpoint = endpoint_key(inputs.get("endpoint"))
    twins = [row for row in rows if endpoint_key(row.endpoint) == endpoint]
    if len(twins) != 1 or not context.ownership.claim(twins[0].id, context.mark):
        raise FlashbackError(
            f"an identical API key exists in workspace {workspace_id} ({duplicate.brief}) and "
            f"cannot be adopted: {_why_not(twins)}"
        ) from None
    (twin,) = twins
    found = _with_organization(context, _outputs(twin, {"workspaceId": workspace_id}), None)
    try:
        outputs = _updated(context, twin.id, found, inputs)
    except FlashbackError as error:
        if not error.may_have_taken_effect:
            raise
        raise PartialFailureError(
            f"API key {twin.id} is adopted, but whether its secret was written cannot be told "
            f"({error.brief}). Run `pulumi up` again",
            twin.id,
            found,
        ) from None
    context.notify(f"adopted API key {twin.id} of workspace {workspace_id}; its secret was written")
    return twin.id, outputs


def _rows_in_the_way(context: Context, inputs: Properties, but: str | None = None) -> list[ApiKey]:
    """The keys that the platform may take for a duplicate; none if they cannot be listed."""

    def fetch() -> list[ApiKey]:
        rows = lists_of(context).now(inputs["workspaceId"])
        return [row for row in rows if row.id != but and _resembles(row, inputs)]

    try:
        rows = settled(fetch, bool)
    except FlashbackError:
        return []
    # if keys are shown whole, a neighbor that only looks like a mask of this one is not in the way
    return [row for row in rows if row.key == inputs["key"]] or rows


def _why_not(twins: list[ApiKey]) -> str:
    if not twins:
        return (
            "the list shows none with the same provider, key and endpoint. Give this one another "
            "key, or check which key of the workspace is in the way"
        )
    names = ", ".join(row.id for row in twins)
    if len(twins) > 1:
        return f"several look the same: {names}. Keep the one that is used and delete the others"
    return (
        f"another resource of this program holds it ({names}). Declare it once; if it was renamed, "
        "add the option aliases with the old name"
    )


def _in_the_way(
    context: Context, rows: list[ApiKey], workspace_id: str, error: DuplicateError
) -> FlashbackError:
    """What to do about a create that is refused as a duplicate."""
    which, held = _described(context, rows)
    text = f"an identical API key{which} exists already in workspace {workspace_id} ({error.brief})"
    if held:
        return FlashbackError(
            f"{text}, and a resource of this program holds it. Declare each key once; to replace a "
            "key within its workspace, set deleteBeforeReplace (delete_before_replace=True in "
            "Python); if keys are named by the index of a list, name each after what it is for, "
            "with the old name of that key in the option aliases"
        )
    identifier = rows[0].id if len(rows) == 1 else "API_KEY_ID"
    return FlashbackError(
        f"{text}; as far as this run shows, no resource of the program holds it. If this resource "
        "is being replaced, set deleteBeforeReplace (delete_before_replace=True in Python); if it "
        "was renamed, add the option aliases with its old name; if the key was created outside of "
        "this stack, take it over with adoptExisting (adopt_existing=True in Python) or read it "
        "with ApiKey.get; if nothing uses it, delete it with "
        f"`{to_delete_key(workspace_id, identifier)}`"
    )


def _taken_by_another(
    context: Context, identifier: str, inputs: Properties, error: DuplicateError
) -> FlashbackError:
    """What to do about an update that is refused because another key has these credentials."""
    which, held = _described(context, _rows_in_the_way(context, inputs, but=identifier))
    text = (
        f"another API key{which} of workspace {inputs['workspaceId']} has the same credentials "
        f"already ({error.brief})"
    )
    if held:
        return FlashbackError(
            f"{text}, and a resource of this program holds it. If keys are named by the index of a "
            "list, name each after what it is for, with the old name of that key in the option "
            "aliases, so that each resource keeps its key; otherwise declare these credentials once"
        )
    return FlashbackError(
        f"{text}; as far as this run shows, no resource of the program holds it. Give this key "
        "other credentials, or declare the other key and remove this one"
    )


def _described(context: Context, rows: list[ApiKey]) -> tuple[str, bool]:
    """The ids of keys in words, and whether resources of this program hold one of them."""
    context.ownership.wait_for_others(GRACE_SECONDS)
    ids = [row.id for row in rows]
    which = f" with id {', '.join(ids)}" if ids else ""
    return which, any(map(context.ownership.is_held, ids))


def _resembles(row: ApiKey, inputs: Properties) -> bool:
    """Say whether a listed key may be the one that a backend takes for a duplicate."""
    return not row.odd and _same_provider(row, inputs) and masks(row.key, inputs["key"])


def _is_ours(row: ApiKey, inputs: Properties) -> bool:
    """Say whether a listed key is certainly the wanted one: nothing that can be seen differs.

    A masked key counts only with enough of its end to tell it from a neighbour.
    """
    return (
        not row.odd
        and identifies(row.key, inputs["key"])
        and _same_provider(row, inputs)
        and endpoint_key(row.endpoint) == endpoint_key(inputs.get("endpoint"))
    )


def _same_provider(row: ApiKey, inputs: Properties) -> bool:
    return caseless(row.provider) == caseless(inputs["provider"])


def _identity(inputs: Properties) -> tuple[str, ...]:
    """What two creates must share to be able to take each other's key for their own.

    It is as wide as :func:`_is_ours`: spellings count as one, and a masked key is known by its end.
    """
    return (
        inputs["workspaceId"],
        caseless(inputs["provider"]),
        inputs["key"].strip()[-TELLING_END:],
        endpoint_key(inputs.get("endpoint")),
    )


def _make_sure_that_it_is_gone(context: Context, identifier: str, state: Properties) -> None:
    """A list may lack a key also because the user has no access (any more).

    Raises:
        FlashbackError: It could not be determined whether the key exists.
    """
    workspace_id = state["workspaceId"]
    if view_of(context).find(workspace_id, f"key {identifier}") is not None:
        return
    view_of(context).check_organization(state.get("orgId"))


def _with_organization(context: Context, outputs: Properties, known: str | None) -> Properties:
    """Outputs with the organization: without it a deleted workspace looks like a closed one."""
    org_id = view_of(context).organization_if_known() or known
    return {**outputs, "orgId": org_id} if org_id else outputs


def _outputs(row: ApiKey, state: Properties) -> Properties:
    """Outputs of a listed key. A value that only looks different is kept as the state has it."""
    outputs: Properties = {"workspaceId": state["workspaceId"], "apiKeyId": row.id}
    # No list shows the first three. An earlier version put the last one into the state, and to drop
    # it in a refresh would be drift in somebody's report.
    for name in ("secret", "rotationTriggers", "adoptExisting", "createdAt"):
        if state.get(name) is not None:
            outputs[name] = state[name]
    for name, attribute in _VISIBLE.items():
        listed, known = getattr(row, attribute), state.get(name)
        if name == "key" and known is None and is_masked(listed):
            continue  # what hides the key is not the key
        value = known if _looks_same(name, listed, known) else listed
        if value is not None:
            outputs[name] = value
    return outputs


def _looks_same(name: str, listed: str | None, known: str | None) -> bool:
    if listed is None and name in ("key", "provider"):
        return True  # every key has them, so a list without them does not show them
    if name == "key":
        return masks(listed, known)
    if name == "endpoint":
        return endpoint_key(listed) == endpoint_key(known)
    if name == "description":
        return tidy(listed) == tidy(known)
    return caseless(listed) == caseless(known)


def _changes(state: Properties, inputs: Properties) -> Properties:
    """The fields to write, with what the platform may have had changed elsewhere."""
    changed = API_KEY.diff(state, inputs).changed
    fields = {name: inputs.get(name) for name in changed if name in _FIELDS}
    if "rotationTriggers" in changed and inputs.get("rotationTriggers"):
        fields.update(key=inputs["key"], secret=inputs["secret"])
    return fields


def _put(context: Context, identifier: str, changes: Properties, removed: list[str]) -> None:
    try:
        context.client.api_keys.update(identifier, changes)
    except BadRequestError:
        if not removed:
            raise
        # a backend may refuse null where it takes an empty string
        context.client.api_keys.update(identifier, {**changes, **dict.fromkeys(removed, "")})


def _make_sure_of_removal(
    context: Context, identifier: str, state: Properties, inputs: Properties, removed: list[str]
) -> None:
    """Clear what the platform keeps; all else of the change is done, whatever happens here."""
    problem = ""
    try:
        kept = _still_set(context, identifier, inputs["workspaceId"], removed)
        if kept:
            with suppress(BadRequestError):  # an empty string is refused as well
                context.client.api_keys.update(identifier, dict.fromkeys(kept, ""))
            kept = settled(
                lambda: _still_set(context, identifier, inputs["workspaceId"], removed),
                lambda names: not names,
            )
        if kept:
            problem = (
                f"the platform still shows {', '.join(kept)} although it was cleared. Run `pulumi "
                "refresh` and `pulumi up` again after a minute; if it stays, set another value, or "
                "replace the key with the option deleteBeforeReplace and `pulumi up --replace URN`"
            )
    except NotFoundError:
        raise
    except FlashbackError as error:
        problem = str(error)
    if problem:
        before = {name: state[name] for name in removed if name in state}
        raise PartialFailureError(problem, identifier, {**state, **inputs, **before})


def _still_set(context: Context, identifier: str, workspace_id: str, names: list[str]) -> list[str]:
    row = lists_of(context).now(workspace_id).find(identifier)
    return [name for name in names if row is not None and getattr(row, _VISIBLE[name])]


def _why_kept(row: ApiKey, failure: FlashbackError) -> str:
    counts = ((row.bucket_count, "bucket(s)"), (row.aillm_count, "AI model(s)"))
    users = [f"{count} {what}" for count, what in counts if count]
    if not users:
        return str(failure)
    return (
        f"it is in use by {' and '.join(users)} ({failure.brief}). Remove them or give them "
        "another key, then run the same command again"
    )


API_KEY: Final = Resource(
    name="ApiKey",
    description=(
        "A provider API key: a credential of a cloud or AI provider that a workspace may use. "
        "Buckets and AI models of the workspace refer to it by its id.\n\n"
        "`key` and `secret` are secrets of the state whatever is passed. Changing any input but "
        "`workspaceId` changes the key in place; its id stays."
    ),
    inputs=ApiKeyInputs,
    outputs=ApiKeyOutputs,
    create=create,
    read=read,
    find=find,
    update=update,
    delete=delete,
    warn=warn,
)
