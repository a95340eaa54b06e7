import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const text = `I lost a blue cap on Sunday.
I miss my watch.
My red bag is gone.`;
const item = {
  type: "object",
  properties: {
    item: { type: "string", enum: ["bag", "cap", "watch", "other"] },
    color: { type: ["string", "null"], enum: ["blue", "red", null] },
    day: { type: ["string", "null"] },
  },
  required: ["item", "color", "day"],
  additionalProperties: false,
};
const schema = {
  type: "object",
  properties: { items: { type: "array", items: item } },
  required: ["items"],
  additionalProperties: false,
};
const responseFormat = {
  type: "json_schema",
  json_schema: { name: "lost_property", strict: true, schema },
};

const response = await client.chat.completions.create({
  model: "gpt-5-mini",
  messages: [
    { role: "system", content: "List the lost property." },
    { role: "user", content: text },
  ],
  response_format: responseFormat,
});
const choice = response.choices[0];
if (choice.finish_reason !== "stop" || !choice.message.content) {
  const reason = choice.message.refusal ?? choice.finish_reason;
  throw new Error(`There is no complete answer: ${reason}`);
}
for (const row of JSON.parse(choice.message.content).items) {
  console.log(Object.values(row).map((value) => value ?? "-").join(" | "));
}
