import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

const PREFERRED = "Llama-3.3-70B-Instruct";

function fits(model) {
  const metaData = model.meta_data ?? {};
  const chats = metaData.model_type === "LLM";
  return chats && (metaData.deployment_country ?? "").includes("Germany");
}

const fitting = [];
for await (const model of client.models.list()) {
  if (fits(model)) fitting.push(model.id);
}
if (fitting.length === 0) {
  throw new Error("No model of yours says that it is an LLM in Germany.");
}
const chosen = fitting.includes(PREFERRED) ? PREFERRED : fitting[0];
console.log("Models that fit:", fitting.length);
console.log("Chosen:", chosen);
