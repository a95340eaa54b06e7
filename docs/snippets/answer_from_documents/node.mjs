import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const question = "How long is lost property kept?";
const passages = [
  "Tickets cost 6 euros for adults and 3 euros for children under 16.",
  "Lost property is kept at the front desk for 14 days.",
  "Lockers take a 1-euro coin, which you get back.",
];
const rules =
  "Answer from the sources only. Cite the number of each source, such as [1]. " +
  'If the sources do not contain the answer, say "Not in the documents."';

function similarity(a, b) {
  const product = a.reduce((sum, x, i) => sum + x * b[i], 0);
  return product / (Math.hypot(...a) * Math.hypot(...b));
}

const embeddings = await client.embeddings.create({
  model: "text-embedding-bge-m3",
  input: [question, ...passages],
  encoding_format: "float",
});
const [asked, ...vectors] = embeddings.data.map((item) => item.embedding);
const ranked = passages
  .map((text, i) => ({ text, score: similarity(asked, vectors[i]) }))
  .sort((a, b) => b.score - a.score);
const sources = ranked.slice(0, 2).map(({ text }, i) => `[${i + 1}] ${text}`);
const response = await client.chat.completions.create({
  model: "gpt-oss-120b",
  messages: [
    { role: "system", content: rules },
    { role: "user", content: [...sources, `Question: ${question}`].join("\n\n") },
  ],
});
console.log(response.choices[0].message.content);
console.log(sources.join("\n"));
