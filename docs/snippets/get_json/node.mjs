import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const text = "I am Mara Klein (mara@example.com). My invoice is wrong.";
const schema = {
  type: "object",
  properties: {
    name: { type: "string" },
    email: { type: "string" },
    topic: { type: "string", enum: ["invoice", "delivery", "other"] },
  },
  required: ["name", "email", "topic"],
  additionalProperties: false,
};
const responseFormat = {
  type: "json_schema",
  json_schema: { name: "request", strict: true, schema },
};

const response = await client.chat.completions.create({
  model: "gpt-4.1",
  messages: [
    { role: "system", content: "Extract who writes and why." },
    { role: "user", content: text },
  ],
  response_format: responseFormat,
});
const request = JSON.parse(response.choices[0].message.content);
console.log("Name:", request.name);
console.log("Email:", request.email);
console.log("Topic:", request.topic);
