import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const messages = [{ role: "system", content: "Answer in one short sentence." }];
const questions = ["My name is Mara and I live in Kiel.", "Where do I live?"];
for (const question of questions) {
  messages.push({ role: "user", content: question });
  const response = await client.chat.completions.create({
    model: "Llama-3.3-70B-Instruct",
    messages,
    temperature: 0,
  });
  const answer = response.choices[0].message.content;
  messages.push({ role: "assistant", content: answer });
  console.log("User:", question);
  console.log("Assistant:", answer);
}
