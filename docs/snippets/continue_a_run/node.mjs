import { appendFileSync, existsSync, readFileSync } from "node:fs";
import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });
const path = "answers.jsonl";

async function ask(country) {
  const question = `What is the capital of ${country}?`;
  const response = await client.chat.completions.create({
    model: "gpt-oss-120b",
    messages: [{ role: "user", content: question }],
  });
  return { key: country, answer: response.choices[0].message.content };
}

function readAnswers() {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

const countries = ["Germany", "France", "Spain", "Japan"];
const done = readAnswers().map((result) => result.key);
const missing = countries.filter((country) => !done.includes(country));

async function work() {
  while (missing.length > 0) {
    try {
      const result = await ask(missing.shift());
      appendFileSync(path, JSON.stringify(result) + "\n");
    } catch (error) {
      console.log(`Left for the next run: ${error.message}`);
    }
  }
}

// Two workers, so two requests at a time.
await Promise.all([work(), work()]);
const answers = readAnswers().sort((one, two) => (one.key < two.key ? -1 : 1));
for (const { key, answer } of answers) console.log(`${key}: ${answer}`);
