import { setTimeout } from "node:timers/promises";
import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const requestsPerMinute = 240; // less than your limit
let turn = Promise.resolve();

async function ask(country) {
  turn = turn.then(() => setTimeout(60_000 / requestsPerMinute));
  await turn; // the next request waits for one more turn
  const question = `What is the capital of ${country}?`;
  const response = await client.chat.completions.create({
    model: "gpt-oss-120b",
    messages: [{ role: "user", content: question }],
  });
  return response.choices[0].message.content;
}

const countries = ["Germany", "France", "Spain", "Japan"];
const answers = [];
let next = 0;

async function work() {
  while (next < countries.length) {
    const index = next++;
    answers[index] = await ask(countries[index]);
  }
}

// Four workers, so at most four requests at a time.
await Promise.all([work(), work(), work(), work()]);
for (const answer of answers) console.log(answer);
