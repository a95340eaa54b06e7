import { writeFileSync } from "node:fs";

import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const response = await client.images.generate({
  model: "gpt-image-1",
  prompt: "Three red boats on the sea at sunset",
});
const data = Buffer.from(response.data[0].b64_json, "base64");
writeFileSync("image.png", data);
const [width, height] = [data.readUInt32BE(16), data.readUInt32BE(20)];
console.log(`Saved image.png: ${width} x ${height} pixels`);
