import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const prompt = "The capital of Germany is";
const completion = await client.completions.create({
  model: "Llama-3.3-70B-Instruct",
  prompt,
  temperature: 0,
  max_tokens: 40,
  stop: ".",
});
console.log(prompt + completion.choices[0].text);
