import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

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
