"""An agent that does what a test asks for, called (`serve`) or dialling in (`work`): the same one as in the other languages."""

import asyncio
import os
import sys
from typing import Any

from skein import AgentError, Context, Skein, agent, run, serve, work


@agent(os.environ.get("AGENT_ID", "sample"), version="1.0.0")
async def sample(text: str, ctx: Context) -> Any:
    print(f"begun {text[:16]} {ctx.attempt}", flush=True)
    ctx.delta("…")
    if text == "slow":
        try:
            await asyncio.Event().wait()
        finally:
            print(f"stopped {text}", flush=True)
    if text == "fail":
        raise AgentError("NEGATIVE", "give me more", details={"n": -1})
    if text == "flaky":
        if ctx.attempt > 1:
            return ctx.resume_details
        ctx.heartbeat({"page": 7})
        raise AgentError("FLAKY", retryable=True, retry_after_s=0.01)
    if text == "ask":
        if ctx.answer is None:
            ctx.ask("Which size?", schema={"type": "string"}, state={"item": "shirt"})
        return {"size": ctx.answer.value, "state": ctx.answer.state, "turn": ctx.answer.turn}
    if text == "trace":
        return ctx.traceparent
    if text == "child":
        async with Skein(api=os.environ["SKEIN_API_URL"]) as skein:
            return await skein.invoke(sample.agent_id, "hi", run_token=ctx.run_token)
    if text.startswith("speak"):
        for word in range(60):
            ctx.delta(f"{text}{word} ")
            await asyncio.sleep(0.02)
    return f"{text[:16]} {len(text)} {ctx.idempotency_key}"


if sys.argv[1] == "work":
    run(work(sample, api=os.environ["SKEIN_API_URL"], concurrency=5))
else:
    run(serve(sample, port=int(os.environ.get("PORT", "0"))))
