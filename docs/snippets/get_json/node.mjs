import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

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
  model: "gpt-5-mini",
  messages: [
    { role: "system", content: "Extract who writes and why." },
    { role: "user", content: text },
  ],
  response_format: responseFormat,
});
const choice = response.choices[0];
if (choice.finish_reason !== "stop" || !choice.message.content) {
  const reason = choice.message.refusal ?? choice.finish_reason;
  throw new Error(`There is no complete answer: ${reason}`);
}
const request = JSON.parse(choice.message.content);
console.log("Name:", request.name);
console.log("Email:", request.email);
console.log("Topic:", request.topic);
