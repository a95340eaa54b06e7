import { createReadStream } from "node:fs";
import { setTimeout } from "node:timers/promises";

import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const examples = createReadStream("examples.jsonl");
let file = await client.files.create({ file: examples, purpose: "fine-tune" });

const headers = { "api-key": apiKey };
await client.get(`/files/validate/${file.id}`, { headers });
for (let round = 0; round < 10; round++) {
  file = await client.files.retrieve(file.id);
  if (file.validation.is_checked) break;
  await setTimeout(1000);
}
console.log("Validation:", file.validation.message);
if (!file.validation.is_valid) throw new Error("No job: the file has not passed.");

const once = client.withOptions({ maxRetries: 0 }); // a second try is a second job
const job = await once.fineTuning.jobs.create({
  training_file: file.id,
  model: "Mistral-Nemo-Instruct-2407",
  hyperparameters: { n_epochs: 2 },
});
const events = await client.fineTuning.jobs.listEvents(job.id, { limit: 10 });
for (const event of events.data) {
  console.log(`${event.level}: ${event.message}`);
}
