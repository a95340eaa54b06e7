import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({
  apiKey: API_KEY,
  baseURL: BASE_URL,
  maxRetries: 4,
  timeout: 60_000,
});

try {
  const response = await client.chat.completions.create({
    model: "no-such-model",
    messages: [{ role: "user", content: "What is an API key?" }],
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
