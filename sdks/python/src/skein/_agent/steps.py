"""The messages that an invocation is answered with, within the bounds of the contract."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ..contracts.agent.v1 import agent_pb2, agent_service_pb2
from .agent_error import AgentError
from .json_values import JsonValue, plain, to_struct, to_value, well_formed
from .question import QuestionAsked

Step = agent_service_pb2.InvokeResponse

MAX_DELTA_BYTES = 256 * 1024
MAX_STREAMED_BYTES = 4 * 1024 * 1024
_MAX_STATE_CHARACTERS = 64
_MAX_DETAIL_CHARACTERS = 1024
_MAX_MESSAGE_CHARACTERS = 4096
ENDINGS = frozenset({"result", "error", "question"})


def is_ending(step: Step) -> bool:
    """Whether nothing may follow it."""
    return step.WhichOneof("event") in ENDINGS


def deltas(text: str) -> Iterator[Step]:
    """Text as deltas that the contract allows: cut between characters. A character has at most four bytes."""
    most = MAX_DELTA_BYTES // 4
    for start in range(0, len(text), most):
        yield Step(delta=agent_pb2.Delta(text=text[start : start + most]))


def state_change(state: str, detail: str) -> Step:
    word, line = well_formed(state)[:_MAX_STATE_CHARACTERS], well_formed(detail)[:_MAX_DETAIL_CHARACTERS]
    return Step(state=agent_pb2.StateChange(state=word, detail=line))


def heartbeat(resume_details: JsonValue | None = None) -> Step:
    """None says nothing new: what was said before holds."""
    if resume_details is None:
        return Step(heartbeat=agent_service_pb2.Heartbeat())
    return Step(heartbeat=agent_service_pb2.Heartbeat(resume_details=to_value(plain(resume_details))))


def result(output: JsonValue, input_tokens: int, output_tokens: int) -> Step:
    answer = agent_pb2.Result(output=to_value(output))
    if input_tokens > 0 or output_tokens > 0:
        answer.usage.CopyFrom(agent_pb2.Usage(input_tokens=input_tokens, output_tokens=output_tokens))
    return Step(result=answer)


def ending(raised: BaseException) -> Step:
    """What a handler raised: a question, or a failure."""
    try:
        return _question(raised) if isinstance(raised, QuestionAsked) else _failure(raised)
    except (TypeError, ValueError) as problem:  # What it wanted to say with it is no JSON.
        return _failure(problem)


def _question(asked: QuestionAsked) -> Step:
    kind = agent_pb2.QUESTION_KIND_AUTH if asked.kind == "auth" else agent_pb2.QUESTION_KIND_INPUT
    question = agent_pb2.Question(kind=kind, message=_text(asked.message))
    if asked.schema is not None:
        question.schema.CopyFrom(to_struct(asked.schema))
    if asked.state is not None:
        question.state.CopyFrom(to_value(plain(asked.state)))
    return Step(question=question)


def _failure(raised: BaseException) -> Step:
    known = raised if isinstance(raised, AgentError) else _unforeseen(raised)
    error = agent_pb2.InvokeError(code=known.code, message=_text(known.message), retryable=known.retryable)
    if known.retry_after_s is not None:
        error.retry_after.FromNanoseconds(round(known.retry_after_s * 1e9))
    if known.details is not None:
        error.details.CopyFrom(to_value(plain(known.details)).struct_value)
    return Step(error=error)


def _unforeseen(raised: BaseException) -> AgentError:
    what = "the handler was cancelled from within" if isinstance(raised, asyncio.CancelledError) else str(raised)
    return AgentError("UNKNOWN", f"{type(raised).__name__}: {what}" if what else type(raised).__name__, retryable=True)


def _text(text: str) -> str:
    return well_formed(text)[:_MAX_MESSAGE_CHARACTERS]
