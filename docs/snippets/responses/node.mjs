import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

const response = await client.responses.create({
  model: "gpt-5-mini",
  instructions: "Answer in one sentence.",
  input: "What is an API key?",
});
console.log(response.output_text);
if (response.status === "incomplete") {
  console.log("(A limit cut the answer off.)");
}
