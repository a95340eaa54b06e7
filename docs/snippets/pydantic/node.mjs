import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const text = "I am Mara Klein (mara@example.com). My invoice is wrong.";
const Ticket = z.object({
  name: z.string(),
  email: z.string(),
  topic: z.enum(["invoice", "delivery", "other"]),
});

// An answer that was cut off raises an error that says so.
const response = await client.chat.completions.parse({
  model: "gpt-5-mini",
  messages: [
    { role: "system", content: "Extract who writes and why." },
    { role: "user", content: text },
  ],
  response_format: zodResponseFormat(Ticket, "Ticket"),
});
const { parsed: ticket, refusal } = response.choices[0].message;
if (!ticket) throw new Error(`The model did not answer: ${refusal}`);
console.log("Name:", ticket.name);
console.log("Email:", ticket.email);
console.log("Topic:", ticket.topic);
