import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

const chat = new ChatOpenAI({
  model: "gpt-oss-120b",
  temperature: 0,
  apiKey: process.env.API_KEY,
  configuration: { baseURL: process.env.BASE_URL },
});

const prices = { adult: "8 euros", family: "19 euros" };
const getPrice = tool(({ ticket }) => prices[ticket], {
  name: "get_price",
  description: "Get the price of a ticket.",
  schema: z.object({ ticket: z.enum(["adult", "family"]) }),
});
const clerk = chat.bindTools([getPrice]);
const messages = [new HumanMessage("What does a family ticket cost?")];
messages.push(await clerk.invoke(messages));
for (const call of messages.at(-1).tool_calls) {
  messages.push(await getPrice.invoke(call));
}
console.log((await clerk.invoke(messages)).text);

const Person = z.object({ name: z.string(), age: z.number().int() });
const text = "Ada Kruse is 36 years old and lives in Kiel.";
for (const method of ["functionCalling", "jsonSchema"]) {
  try {
    console.log(await chat.withStructuredOutput(Person, { method }).invoke(text));
  } catch (error) {
    console.log(`${method}: ${error.message}`);
  }
}
