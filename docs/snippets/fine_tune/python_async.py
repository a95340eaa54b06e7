import asyncio
import os

from openai import AsyncOpenAI

prefix = "" if os.getenv("API_KEY") else "OPENAI_"
key, url = os.getenv(prefix + "API_KEY"), os.getenv(prefix + "BASE_URL")
if not key or not url:
    raise SystemExit("Set API_KEY and BASE_URL first.")
client = AsyncOpenAI(api_key=key, base_url=url)


async def main():
    async with client:
        with open("examples.jsonl", "rb") as examples:
            file = await client.files.create(file=examples, purpose="fine-tune")

        header = {"headers": {"api-key": key}}
        path = f"/files/validate/{file.id}"
        await client.get(path, cast_to=object, options=header)
        for _ in range(10):
            file = await client.files.retrieve(file.id)
            if file.validation["is_checked"]:
                break
            await asyncio.sleep(1)
        print("Validation:", file.validation["message"])
        if not file.validation["is_valid"]:
            raise SystemExit("No job: the file has not passed.")

        once = client.with_options(max_retries=0)  # a second try is a second job
        job = await once.fine_tuning.jobs.create(
            training_file=file.id,
            model="Mistral-Nemo-Instruct-2407",
            hyperparameters={"n_epochs": 2},
        )
        events = await client.fine_tuning.jobs.list_events(job.id, limit=10)
        for event in events.data:
            print(f"{event.level}: {event.message}")


asyncio.run(main())
