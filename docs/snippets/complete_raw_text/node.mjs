import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.API_KEY,
  baseURL: process.env.BASE_URL,
});

const prompt = "The capital of Germany is";
const completion = await client.completions.create({
  model: "Llama-3.3-70B-Instruct",
  prompt,
  temperature: 0,
  max_tokens: 40,
  stop: ".",
});
console.log(prompt + completion.choices[0].text);
