import { createReadStream } from "node:fs";

import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const transcription = await client.audio.transcriptions.create({
  model: "whisper-large-v3",
  file: createReadStream("message.wav"),
  language: "en",
});
console.log(transcription.text);
