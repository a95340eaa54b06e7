import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const response = await client.chat.completions.create({
  model: "mistral-medium-3",
  messages: [{ role: "user", content: "What is photosynthesis?" }],
  max_tokens: 20,
});
const choice = response.choices[0];
console.log(choice.message.content);
if (choice.finish_reason === "length") {
  console.log("(The limit cut the answer off.)");
}
