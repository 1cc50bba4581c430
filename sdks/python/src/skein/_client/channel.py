"""A connection to the API."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import grpc
import grpc.aio

DEFAULT_API = "http://127.0.0.1:8080"
_MAX_MESSAGE_BYTES = 16 * 1024 * 1024


def open_channel(
    api: str, options: Sequence[tuple[str, object]] = (), headers: Mapping[str, str] | None = None
) -> grpc.aio.Channel:
    """A channel to the base URL of a platform: ``http`` in the clear, ``https`` with TLS and the system's authorities. ``headers``
    are sent with every call that has no stream of requests. Raises a ValueError for other addresses, and for a path, which
    gRPC has no place for."""
    url = urlsplit(api)
    if url.scheme not in ("http", "https") or not url.hostname or url.path not in ("", "/"):
        raise ValueError(f'the API is the base URL of a platform, such as {DEFAULT_API}, not "{api}"')
    is_secure = url.scheme == "https"
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    target = f"{host}:{url.port or (443 if is_secure else 80)}"
    all_options = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
        # Every channel has connections of its own: what one of them is waiting for holds up no other.
        ("grpc.use_local_subchannel_pool", 1),
        *([("grpc.enable_http_proxy", 0)] if _is_local(url.hostname) else []),
        *options,
    ]
    added = [(name.lower(), value) for name, value in (headers or {}).items()]
    interceptors = [_UnaryHeaders(added), _StreamHeaders(added)] if added else None
    if is_secure:
        credentials = grpc.ssl_channel_credentials()
        return grpc.aio.secure_channel(target, credentials, options=all_options, interceptors=interceptors)
    return grpc.aio.insecure_channel(target, options=all_options, interceptors=interceptors)


class _Headers:
    def __init__(self, added: Sequence[tuple[str, str]]) -> None:
        self._added = added

    def _with(self, details: Any) -> Any:
        return details._replace(metadata=grpc.aio.Metadata(*(details.metadata or ()), *self._added))


class _UnaryHeaders(_Headers, grpc.aio.UnaryUnaryClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(self._with(client_call_details), request)


class _StreamHeaders(_Headers, grpc.aio.UnaryStreamClientInterceptor):  # type: ignore[misc]
    async def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(self._with(client_call_details), request)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
