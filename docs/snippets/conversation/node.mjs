import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.API_KEY,
  baseURL: process.env.BASE_URL,
});

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
