"""The client: create one object per backend and user, and keep it for the whole process."""

from typing import Self, cast

from pulumi_flashback.client.address import base_url_problem
from pulumi_flashback.client.call import Call, NoResponse, Response, Shape
from pulumi_flashback.client.credentials import Credentials
from pulumi_flashback.client.endpoints.ai_llms import AiLlms
from pulumi_flashback.client.endpoints.api_keys import ApiKeys, Providers
from pulumi_flashback.client.endpoints.buckets import Buckets
from pulumi_flashback.client.endpoints.organization import Organization
from pulumi_flashback.client.endpoints.policies import Policies
from pulumi_flashback.client.endpoints.repositories import Repositories
from pulumi_flashback.client.endpoints.repository_keys import (
    RepositoryAiKeys,
    RepositoryApiKeys,
    RepositoryCloudKeys,
)
from pulumi_flashback.client.endpoints.users import Users
from pulumi_flashback.client.endpoints.workspaces import Workspaces
from pulumi_flashback.client.errors import ConfigurationError
from pulumi_flashback.client.models import OptionalText, Record
from pulumi_flashback.client.retry import DEFAULT_MAX_RETRIES
from pulumi_flashback.client.session import Session, Tokens

DEFAULT_BASE_URL = "https://backend.flashback.tech"
DEFAULT_TIMEOUT_SECONDS = 30.0


class Health(Record):
    """The response of ``GET /health``."""

    status: str  # ``ok`` or ``error``
    timestamp: OptionalText = None  # ISO 8601 time of the backend
    error: OptionalText = None  # what is wrong


class FlashbackClient:
    """A synchronous, thread-safe client for the Flashback API with one connection pool.

    With a refresh token, or an email address and a password, an expired access token is renewed
    once for all threads, and the rejected call is repeated::

        with FlashbackClient(email="ci@example.com", password=password) as client:
            for key in client.api_keys.list(workspace_id=workspace_id):
                print(key.id, key.provider)

    Each family of endpoints is an attribute: ``ai_llms``, ``api_keys``, ``buckets``,
    ``organization``, ``policies``, ``providers``, ``repositories``, ``users`` and ``workspaces``.
    Those of a repository take its id: ``repository_api_keys(repository_id)``,
    ``repository_ai_keys(repository_id)`` and ``repository_cloud_keys(repository_id)``.

    Args:
        base_url: Address of the backend.
        token: An access token; expires after one hour.
        refresh_token: A refresh token, to fetch access tokens with.
        email: The email of the user to sign in as, together with ``password``.
        password: The password of that user.
        timeout: Timeout for each attempt of a request, in seconds.
        max_retries: Maximum number of retries.
        allow_insecure: Accept ``http://`` to other machines.
        credentials_hint: The advice in the error for rejected credentials; None for the advice
            about the stack config and the variables.

    Raises:
        ConfigurationError: The address or a token cannot be used.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        email: str | None = None,
        password: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_retries: int = DEFAULT_MAX_RETRIES,
        allow_insecure: bool = False,
        credentials_hint: str | None = None,
    ) -> None:
        # httpx takes a sixth of the startup time of a provider, and many runs send no request
        from pulumi_flashback.client.transport import Transport

        problem = base_url_problem(base_url, allow_insecure)
        if problem:
            raise ConfigurationError(f"base_url {problem}")
        self._transport = Transport(base_url, timeout)
        credentials = Credentials(token, refresh_token, email, password, credentials_hint)
        self._session = Session(self._transport, credentials, max_retries)
        self.ai_llms = AiLlms(self._session)
        self.api_keys = ApiKeys(self._session)
        self.organization = Organization(self._session)
        self.buckets = Buckets(self._session)
        self.policies = Policies(self._session)
        self.providers = Providers(self._session)
        self.repositories = Repositories(self._session)
        self.users = Users(self._session)
        self.workspaces = Workspaces(self._session)

    def repository_ai_keys(self, repository_id: str) -> RepositoryAiKeys:
        """Return the endpoints of the AI keys of a repository."""
        return RepositoryAiKeys(self._session, repository_id)

    def repository_api_keys(self, repository_id: str) -> RepositoryApiKeys:
        """Return the endpoints of the access keys of a repository."""
        return RepositoryApiKeys(self._session, repository_id)

    def repository_cloud_keys(self, repository_id: str) -> RepositoryCloudKeys:
        """Return the endpoints of the links between a repository and API keys of providers."""
        return RepositoryCloudKeys(self._session, repository_id)

    def login(self, email: str, password: str) -> Tokens:
        """``POST /user/login``: return new tokens. This client continues to use its own.

        Raises:
            AuthenticationError: The backend does not accept the email address or the password.
        """
        return self._session.login(email, password)

    def refresh(self, refresh_token: str) -> Tokens:
        """``POST /user/refresh``: return new tokens. This client continues to use its own.

        Raises:
            AuthenticationError: The backend does not accept the refresh token.
        """
        return self._session.refresh(refresh_token)

    @property
    def organization_id(self) -> str | None:
        """The organization of the user, from the access token.

        None before the first request that needed a token, or if the token does not contain it.
        """
        return self._session.organization_id

    def health(self) -> Health:
        """``GET /health``: return whether the backend works. Needs no credentials.

        An unhealthy backend responds too, with ``status`` ``"error"``.
        """
        shape = Shape(Health)
        call = Call("GET /health", "/health", shape=shape, authenticated=False, reports_errors=True)
        return cast(Health, self._session.call(call))

    def exchange(self, call: Call) -> Response | NoResponse:
        """Send any call and return the unprocessed response, for programs that examine the API.

        The call is not retried; an expired token is renewed first. After a 429, the next call waits
        for its turn.

        Raises:
            AuthenticationError: The backend does not accept the credentials.
        """
        return self._session.exchange(call)

    def cancel(self, grace: float) -> None:
        """Stop this client: waits end immediately, and no new request is sent.

        Args:
            grace: Seconds that running requests may still take.
        """
        self._transport.cancellation.cancel(grace)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
