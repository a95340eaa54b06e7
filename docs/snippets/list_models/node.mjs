import OpenAI from "openai";

const client = new OpenAI({
  apiKey: process.env.API_KEY,
  baseURL: process.env.BASE_URL,
});

for await (const model of client.models.list()) {
  console.log(model.id);
}
