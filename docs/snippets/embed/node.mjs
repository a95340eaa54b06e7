import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

function similarity(a, b) {
  const product = a.reduce((sum, x, i) => sum + x * b[i], 0);
  return product / (Math.hypot(...a) * Math.hypot(...b));
}

const texts = [
  "How long does a parcel to Norway take?",
  "A parcel to Norway takes three to six days.",
  "Invoices are sent by email.",
];
const response = await client.embeddings.create({
  model: "text-embedding-bge-m3",
  input: texts,
  encoding_format: "float",
});
const [question, ...others] = response.data.map((item) => item.embedding);
console.log("Numbers in each vector:", question.length);
others.forEach((vector, i) => {
  console.log(`${similarity(question, vector).toFixed(2)}  ${texts[i + 1]}`);
});
