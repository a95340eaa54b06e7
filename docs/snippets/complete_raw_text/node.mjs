import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const prompt = "The capital of Germany is";
const completion = await client.completions.create({
  model: "gpt-oss-120b",
  prompt,
  max_tokens: 40,
  stop: ".",
});
console.log(prompt + completion.choices[0].text);
