import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const stream = await client.chat.completions.create({
  model: "gpt-oss-120b",
  messages: [{ role: "user", content: "What is an API key?" }],
  reasoning_effort: "low",
  stream: true,
});
let shown = "";
for await (const chunk of stream) {
  const delta = chunk.choices?.[0]?.delta;
  const thoughts = delta?.reasoning_content || delta?.reasoning;
  for (const [kind, text] of [["Thoughts", thoughts], ["Answer", delta?.content]]) {
    if (!text) continue;
    if (shown !== kind) process.stdout.write(`${shown && "\n"}${kind}: `);
    process.stdout.write(text);
    shown = kind;
  }
}
console.log();
