import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const question = "How much is 17 times 23?";
const response = await client.chat.completions.create({
  model: "o4-mini",
  messages: [{ role: "user", content: question }],
  reasoning_effort: "low",
});
console.log(response.choices[0].message.content);
console.log("Tokens out, with the thinking:", response.usage.completion_tokens);
