"""Which kind of failure an exception is that stands for no error response.

Beside its own exceptions the SDK lets through those of httpx2, of the JSON reader, and of the
packages that find credentials. What has no row here is a bug and is not caught.
"""

from collections.abc import Mapping
from json import JSONDecodeError

from aiohttp import ClientConnectorError, ClientOSError, ServerDisconnectedError
from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APITimeoutError,
    APIWebhookValidationError,
    CredentialsError,
    RetryableError,
)
from httpx2 import (
    ConnectError,
    DecodingError,
    HTTPError,
    InvalidURL,
    ReadError,
    RemoteProtocolError,
    TimeoutException,
)

from evalgate.model.chat import FailureKind

BY_CLASS: Mapping[type[Exception], FailureKind] = {
    APITimeoutError: FailureKind.TIMEOUT,
    APIConnectionError: FailureKind.CONNECTION,
    APIResponseValidationError: FailureKind.MALFORMED,
    APIWebhookValidationError: FailureKind.MALFORMED,
    APIError: FailureKind.SERVER,
    RetryableError: FailureKind.SERVER,
    CredentialsError: FailureKind.AUTHENTICATION,
    # The SDK refuses to send: what was asked cannot be asked there.
    AnthropicError: FailureKind.REQUEST,
    # A package that signs in is not installed.
    ImportError: FailureKind.AUTHENTICATION,
    TimeoutException: FailureKind.TIMEOUT,
    DecodingError: FailureKind.MALFORMED,
    # Over aiohttp these two come of nothing but the body of a response.
    ReadError: FailureKind.CUT,
    RemoteProtocolError: FailureKind.CUT,
    HTTPError: FailureKind.CONNECTION,
    # The line was up: the server may have taken the request, and worked for it.
    ClientConnectorError: FailureKind.CONNECTION,
    ClientOSError: FailureKind.CUT,
    ServerDisconnectedError: FailureKind.CUT,
    InvalidURL: FailureKind.CONNECTION,
    JSONDecodeError: FailureKind.MALFORMED,
    UnicodeDecodeError: FailureKind.MALFORMED,
    RecursionError: FailureKind.MALFORMED,
    TimeoutError: FailureKind.TIMEOUT,
    OSError: FailureKind.CONNECTION,
}
"""By class, an exact one before the wider one that it belongs to."""

BY_PACKAGE: Mapping[str, FailureKind] = {
    "aiohttp": FailureKind.CONNECTION,
    "boto3": FailureKind.AUTHENTICATION,
    "botocore": FailureKind.AUTHENTICATION,
    "google": FailureKind.AUTHENTICATION,
}
"""By the package that a class comes from, for what has no class in the table."""


def kind_of_exception(error: BaseException) -> FailureKind | None:
    """Return the kind of a failure, or None when the exception is none that a call may end with.

    The SDK says `APIConnectionError` of all that happens on the line, also of a body that breaks
    off, and httpx2 `ConnectError` of a line that was up and broke; what happened is the cause.
    """
    cause = error.__cause__ if isinstance(error, APIConnectionError | ConnectError) else None
    by_cause = None if cause is None else kind_of_exception(cause)
    if by_cause is not None:
        return by_cause
    by_class = next((kind for row, kind in BY_CLASS.items() if isinstance(error, row)), None)
    return by_class or BY_PACKAGE.get(type(error).__module__.partition(".")[0])
