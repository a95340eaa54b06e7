import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({
  apiKey,
  baseURL,
  maxRetries: 4,
  timeout: 60_000,
});

try {
  const response = await client.chat.completions.create({
    model: "no-such-model",
    messages: [{ role: "user", content: "Why is the sky blue?" }],
  });
  console.log(response.choices[0].message.content);
} catch (error) {
  if (error instanceof OpenAI.APIConnectionError) {
    console.log(`No answer from ${client.baseURL}: ${error.message}`);
  } else if (error instanceof OpenAI.APIError) {
    const body = error.error;
    const reason = body?.detail ?? body?.message ?? error.message;
    console.log(`Refused with status ${error.status}: ${reason}`);
  } else {
    throw error;
  }
}
