import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const stream = await client.chat.completions.create({
  model: "Llama-3.3-70B-Instruct",
  messages: [{ role: "user", content: "What is a token?" }],
  temperature: 0,
  stream: true,
  stream_options: { include_usage: true },
});
let usage = null;
for await (const chunk of stream) {
  process.stdout.write(chunk.choices?.[0]?.delta.content ?? "");
  usage = chunk.usage ?? usage;
}
console.log();
if (usage) {
  console.log("Tokens in:", usage.prompt_tokens);
  console.log("Tokens out:", usage.completion_tokens);
}
