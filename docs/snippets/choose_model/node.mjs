import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const PREFERRED = "gpt-oss-120b";

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
