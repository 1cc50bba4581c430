import asyncio
import os

from skein import Skein, SkeinError


async def main() -> None:
    async with Skein(api=os.environ.get("SKEIN_API_URL", "http://127.0.0.1:8080")) as skein:
        print(await skein.invoke("refunder", {"subject": "shoes", "amount": 20}))

        await skein.apply_workflow({"id": "refund", "nodes": [{"id": "pay", "type": "agent", "agent_id": "refunder"}]})
        run = await skein.runs.start(workflow="refund", input={"subject": "a car", "amount": 9000})
        async for update in skein.runs.events(run.run_id):
            print(update.name)
            if update.name == "input_required":
                await skein.runs.answer(run.run_id, False)
        ended = await skein.runs.wait(run.run_id)
        print(ended.state, ended.error)

        sent = await skein.messages.send({"draft": 3}, to_agent="writer", from_agent="editor")
        received = await skein.messages.receive(agent_id="writer")
        print([message.payload for message in received.messages], sent.created)
        await skein.messages.acknowledge(*(message.message_id for message in received.messages))

        try:
            await skein.runs.get("01900000-0000-7000-8000-000000000000")
        except SkeinError as error:
            print(error.reason, error.place, error.remedy)


asyncio.run(main())
