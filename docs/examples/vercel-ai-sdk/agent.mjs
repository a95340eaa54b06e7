import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, tool } from "ai";
import { z } from "zod";

const service = createOpenAICompatible({
  name: "llm-serving",
  apiKey: process.env.API_KEY,
  baseURL: process.env.BASE_URL,
  includeUsage: true, // token counts of streams
  supportsStructuredOutputs: true, // send JSON schemas
});

const prices = { adult: "8 euros", family: "19 euros" };
const getPrice = tool({
  description: "Get the price of a ticket.",
  inputSchema: z.object({ ticket: z.enum(["adult", "family"]) }),
  execute: ({ ticket }) => prices[ticket],
});
const { text } = await generateText({
  model: service("gpt-oss-120b"),
  tools: { getPrice },
  stopWhen: stepCountIs(3),
  prompt: "What does a family ticket cost?",
});
console.log(text);

const Person = z.object({ name: z.string(), age: z.number().int() });
for (const id of ["gpt-5", "gpt-oss-120b"]) {
  try {
    const { output } = await generateText({
      model: service(id),
      output: Output.object({ schema: Person }),
      prompt: "Ada Kruse is 36 years old and lives in Kiel.",
    });
    console.log(id, output);
  } catch (error) {
    console.log(id, error.statusCode, JSON.parse(error.responseBody).detail);
  }
}
