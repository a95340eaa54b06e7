import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

// For the real service, any image on the web:
// const imageUrl = "https://www.example.com/photo.jpg";
// For the sandbox, its own:
const imageUrl = "http://127.0.0.1:8011/assets/boardwalk.jpg";
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
