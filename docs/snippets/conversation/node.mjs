import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const messages = [{ role: "system", content: "Answer in one short sentence." }];
const questions = ["My name is Mara and I live in Kiel.", "Where do I live?"];
for (const question of questions) {
  messages.push({ role: "user", content: question });
  const response = await client.chat.completions.create({
    model: "gpt-oss-120b",
    messages,
  });
  const answer = response.choices[0].message.content;
  messages.push({ role: "assistant", content: answer });
  console.log("User:", question);
  console.log("Assistant:", answer);
}
