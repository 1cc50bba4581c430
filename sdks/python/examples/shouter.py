import os

from skein import Context, agent, run, serve


@agent("shouter", version="1.0.0")
async def shouter(text: str, ctx: Context) -> dict[str, str]:
    ctx.delta(text.upper())
    return {"shouted": text.upper()}


run(serve(shouter, port=int(os.environ.get("PORT", "7001"))))
