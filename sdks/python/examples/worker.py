import os
from dataclasses import dataclass

from skein import AgentError, Context, agent, run, work


@dataclass
class Ticket:
    subject: str
    amount: float = 0


@agent("refunder", version="1.0.0")
def refunder(ticket: Ticket, ctx: Context) -> str:
    if ticket.amount > 100 and ctx.answer is None:
        ctx.ask(f"Refund {ticket.amount} for {ticket.subject}?", schema={"type": "boolean"})
    if ctx.answer is not None and ctx.answer.value is False:
        raise AgentError("REFUSED", "somebody said no")
    return f"refunded {ticket.amount:g}, once, under {ctx.idempotency_key.split('/')[1]}"


run(work(refunder, api=os.environ.get("SKEIN_API_URL", "http://127.0.0.1:8080")))
