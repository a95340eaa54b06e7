import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const imageUrl = "https://upload.wikimedia.org/wikipedia/commons/thumb/d/dd/Gfp-wisconsin-madison-the-nature-boardwalk.jpg/1280px-Gfp-wisconsin-madison-the-nature-boardwalk.jpg";
const content = [
  { type: "text", text: "Describe this image in one sentence." },
  { type: "image_url", image_url: { url: imageUrl } },
];
const response = await client.chat.completions.create({
  model: "mistral-medium-3",
  messages: [{ role: "user", content }],
});
console.log(response.choices[0].message.content);
