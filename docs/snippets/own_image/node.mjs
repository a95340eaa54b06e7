import { readFileSync } from "node:fs";

import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.API_KEY,
  baseURL: process.env.BASE_URL,
});

const encoded = readFileSync("harbor.jpg", "base64");
const imageUrl = `data:image/jpeg;base64,${encoded}`;
const content = [
  { type: "text", text: "Describe this picture in one sentence." },
  { type: "image_url", image_url: { url: imageUrl } },
];
const response = await client.chat.completions.create({
  model: "Qwen3-VL-30B-A3B-Instruct-FP8",
  messages: [{ role: "user", content }],
  temperature: 0,
});
console.log(response.choices[0].message.content);
