import { createReadStream } from "node:fs";
import { setTimeout } from "node:timers/promises";

import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL: baseURL.replace(/\/v2\/?$/, "/v1") });

const document = createReadStream("lindenbad.pdf");
const file = await client.files.create({ file: document, purpose: "visual-rag" });
const models = {
  text_embedding_model: "text-embedding-bge-m3",
  vision_embedding_model: "tsi-embedding-colqwen2-2b-v1",
};
const stores = client.vectorStores;
const name = `lindenbad-${file.id}`;
const store = await stores.create({ name, chunking_strategy: models });

await stores.files.create(store.id, { file_id: file.id });
let entry;
for (let round = 0; round < 60; round++) {
  entry = await stores.files.retrieve(file.id, { vector_store_id: store.id });
  if (entry.status !== "in_progress") break;
  await setTimeout(1000);
}
if (entry.status !== "completed") throw new Error(`Not indexed: ${entry.status}`);

const found = await stores.search(store.id, {
  query: "What does a card for ten visits cost?",
  top_k_texts: 1,
  top_k_images: 1,
});
for (const result of found.data) {
  const [part] = result.content;
  console.log(`${part.type}, page ${result.page_number}: ${part.text.slice(0, 21)}`);
}
