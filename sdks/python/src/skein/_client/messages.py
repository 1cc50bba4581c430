"""Messages between agents, people and programs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from google.protobuf import duration_pb2

from .._agent.json_values import JsonValue, from_value, plain, to_value
from ..contracts.eventlog.v1 import message_pb2, message_service_pb2, message_service_pb2_grpc
from .retry import once, repeatable


@dataclass(frozen=True)
class Message:
    """A message that is stored. ``from_agent`` is empty where nobody in particular sent it; ``delivery_count`` says how often it was
    handed to a receiver. ``message`` is all that the contract says."""

    message_id: str
    from_agent: str
    payload: JsonValue
    metadata: Mapping[str, str]
    correlation_id: str
    reply_to: str
    run_id: str
    session_id: str
    sent_at: datetime
    delivery_count: int
    message: message_pb2.AgentMessage = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """``message`` as it is stored; ``created``: it was new under its id. ``reply`` is the first answer; None: none was waited for, or
    none came in time."""

    message: Message
    created: bool
    reply: Message | None


@dataclass(frozen=True)
class Received:
    """``messages`` in the order in which each sender sent them; none: none came in time. ``cursor`` acknowledges all of them in
    the next ``receive``."""

    messages: Sequence[Message]
    cursor: str


class Messages:
    """Messages of one namespace. Everything raises a SkeinError."""

    def __init__(self, namespace: str, stub: message_service_pb2_grpc.MessageServiceStub) -> None:
        self._namespace = namespace
        self._stub = stub

    async def send(
        self,
        payload: Any,
        *,
        to_agent: str = "",
        to_session: str = "",
        from_agent: str = "",
        reply_to: str = "",
        message_id: str = "",
        run_id: str = "",
        session_id: str = "",
        correlation_id: str = "",
        metadata: Mapping[str, str] | None = None,
        time_to_live_s: float | None = None,
        reply_timeout_s: float | None = None,
    ) -> Sent:
        """Sends a message to an agent or a session; one that answers another, ``reply_to``, needs neither. It is stored when this
        answers. Under the same ``message_id`` it is sent once; default: a random one, so that a lost answer sends nothing twice.
        ``time_to_live_s`` is how long it may be received; ``reply_timeout_s``, at most 60, how long to wait for an answer."""
        outgoing = message_pb2.OutgoingMessage(
            message_id=message_id or str(uuid.uuid4()),
            run_id=run_id,
            session_id=session_id,
            from_agent=from_agent,
            payload=to_value(plain(payload)),
            metadata=dict(metadata or {}),
            correlation_id=correlation_id,
            reply_to=reply_to,
            time_to_live=_duration(time_to_live_s),
        )
        request = message_service_pb2.SendMessageRequest(
            namespace=self._namespace,
            message=outgoing,
            to_agent=to_agent,
            to_session=to_session,
            reply_timeout=_duration(reply_timeout_s),
        )
        answer = await repeatable(lambda: self._stub.SendMessage(request))
        reply = _view(answer.reply) if answer.HasField("reply") else None
        return Sent(_view(answer.message), answer.created, reply)

    async def receive(
        self,
        *,
        agent_id: str = "",
        session_id: str = "",
        timeout_s: float | None = None,
        max_messages: int = 1,
        visibility_timeout_s: float | None = None,
        cursor: str = "",
    ) -> Received:
        """Takes the oldest messages out of the mailbox of an agent or a session. ``timeout_s``, at most 60, is how long to wait for a
        first; default: 5. They are nobody else's for ``visibility_timeout_s`` (default 30), and come again after it unless
        acknowledged: by their ``cursor`` in the next call, or by ``acknowledge``. ``max_messages`` is 1 to 100."""
        request = message_service_pb2.ReceiveMessagesRequest(
            namespace=self._namespace,
            agent_id=agent_id,
            session_id=session_id,
            timeout=_duration(timeout_s),
            max_messages=max_messages,
            visibility_timeout=_duration(visibility_timeout_s),
            cursor=cursor,
        )
        # Made once: what a lost answer held comes again by itself when its visibility timeout has passed.
        answer = await once(lambda: self._stub.ReceiveMessages(request))
        return Received([_view(each) for each in answer.messages], answer.cursor)

    async def acknowledge(self, *message_ids: str) -> int:
        """Says that messages need not come again; 1 to 1,000. Answers how many of them waited for that."""
        request = message_service_pb2.AcknowledgeMessagesRequest(namespace=self._namespace, message_ids=message_ids)
        answer = await repeatable(lambda: self._stub.AcknowledgeMessages(request))
        return int(answer.acknowledged_count)


def _view(message: message_pb2.AgentMessage) -> Message:
    return Message(
        message_id=message.message_id,
        from_agent=message.from_agent,
        payload=from_value(message.payload),
        metadata=dict(message.metadata),
        correlation_id=message.correlation_id,
        reply_to=message.reply_to,
        run_id=message.run_id,
        session_id=message.session_id,
        sent_at=message.sent_at.ToDatetime(timezone.utc),
        delivery_count=message.delivery_count,
        message=message,
    )


def _duration(seconds: float | None) -> duration_pb2.Duration | None:
    if seconds is None:
        return None
    duration = duration_pb2.Duration()
    duration.FromMilliseconds(round(seconds * 1000))
    return duration
