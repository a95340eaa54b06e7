import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const response = await client.chat.completions.create({
  model: "gpt-oss-120b",
  messages: [{ role: "user", content: "Why is the sky blue?" }],
});
console.log(response.choices[0].message.content);
