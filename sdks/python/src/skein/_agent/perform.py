"""One piece of work, from its request to its last message.

P1. It says exactly one result, error or question, last, unless it is aborted: then it says nothing more.
P2. A skill that is not the agent's and an input that does not fit never reach the handler.
P3. Words that a handler says from another thread reach the attempt in the order in which they were said, before its ending.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable
from typing import Any

from ..contracts.agent.v1 import agent_service_pb2
from .agent import Agent, Handler
from .agent_error import AgentError
from .attempt import Attempt
from .context import Context, Delivery, LogSink
from .json_values import from_value, plain
from .question import QuestionAsked
from .steps import Step, ending, result


async def perform(
    agent: Agent, request: agent_service_pb2.InvokeRequest, traceparent: str, attempt: Attempt, log: LogSink
) -> None:
    """Does the work. Never raises; whoever aborts the attempt cancels it too."""
    context = Context(Delivery(request, traceparent, _sayer(attempt), lambda: attempt.abort_reason, log))
    try:
        last = await _answer(agent, request, context)
    except (Exception, QuestionAsked, asyncio.CancelledError) as raised:
        if attempt.is_aborted:
            return
        if not isinstance(raised, (AgentError, QuestionAsked)):
            context.log("the handler failed", error=repr(raised))
        last = ending(raised)
    attempt.say(last)


def start(
    agent: Agent, request: agent_service_pb2.InvokeRequest, traceparent: str, attempt: Attempt, log: LogSink
) -> asyncio.Task[None]:
    """Does the work beside what goes on, and stops it when the attempt is aborted."""
    task = asyncio.create_task(perform(agent, request, traceparent, attempt, log))

    def stop_if_aborted() -> None:
        if attempt.is_aborted:
            task.cancel(attempt.abort_reason)

    leave = attempt.listen(stop_if_aborted)
    task.add_done_callback(lambda _done: leave())
    return task


async def _answer(agent: Agent, request: agent_service_pb2.InvokeRequest, context: Context) -> Step:
    handler = _handler(agent, request.skill_id)
    value = _read(handler.input, from_value(request.input), "INVALID_INPUT", "the input does not fit")
    output = await _call(handler, value, context)
    try:
        answer = plain(output)
    except TypeError as problem:
        raise AgentError("OUTPUT_SCHEMA_VIOLATION", f"the agent answered what is no JSON: {problem}") from problem
    _read(handler.output, answer, "OUTPUT_SCHEMA_VIOLATION", "the agent answered what its own type refuses")
    counts = context._counts
    return result(answer, counts.input_tokens, counts.output_tokens)


def _handler(agent: Agent, skill_id: str) -> Handler:
    handler = agent.handler_for(skill_id)
    if handler is not None:
        return handler
    known = ", ".join(agent.skill_ids) or "none by name"
    raise AgentError("UNKNOWN_SKILL", f"{agent.agent_id} has no skill {skill_id}; it has {known}")


def _read(shape: Any, value: Any, code: str, what: str) -> Any:
    problems: list[str] = []
    read = shape.read(value, "", problems)
    if not problems:
        return read
    named = [problem if problem.startswith("/") else f"the value{problem}" for problem in problems]
    raise AgentError(code, f"{what}: {'; '.join(named)}", details={"problems": named})


async def _call(handler: Handler, value: Any, context: Context) -> Any:
    arguments = (value, context) if handler.takes_context else (value,)
    if inspect.iscoroutinefunction(handler.function):
        return await handler.function(*arguments)
    return await _in_thread(lambda: handler.function(*arguments))


async def _in_thread(function: Callable[[], Any]) -> Any:
    """Calls a plain function where it holds up nobody. The thread is a daemon: one that does not look whether it is cancelled
    must not hold up the end of the process either."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()
    variables = contextvars.copy_context()

    def tell(settle: Callable[[Any], None], value: Any) -> None:
        if not done.done():
            settle(value)

    def work() -> None:
        try:
            value = variables.run(function)
            report: tuple[Callable[[Any], None], Any] = (done.set_result, value)
        except BaseException as raised:  # noqa: BLE001 -- what ends the thread ends the work, whatever it is
            report = (done.set_exception, _settleable(raised))
        _from_thread(loop, lambda: tell(*report))

    threading.Thread(target=work, daemon=True, name="skein-handler").start()
    return await done


def _settleable(raised: BaseException) -> BaseException:
    # A future takes no StopIteration, and those that end an interpreter are not for its loop.
    if isinstance(raised, (StopIteration, SystemExit, KeyboardInterrupt)):
        return RuntimeError(repr(raised))
    return raised


def _sayer(attempt: Attempt) -> Callable[[Step], None]:
    loop, own = asyncio.get_running_loop(), threading.get_ident()

    def say(step: Step) -> None:
        if threading.get_ident() == own:
            attempt.say(step)
        else:
            _from_thread(loop, lambda: attempt.say(step))  # P3: a loop calls back in order.

    return say


def _from_thread(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        pass  # The loop is closed: the agent has stopped, and nobody listens.
