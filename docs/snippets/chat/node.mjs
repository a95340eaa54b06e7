import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const response = await client.chat.completions.create({
  model: "Llama-3.3-70B-Instruct",
  messages: [{ role: "user", content: "What is an API key?" }],
  temperature: 0,
});
console.log(response.choices[0].message.content);
