import OpenAI from "openai";

const prefix = process.env.API_KEY ? "" : "OPENAI_";
const apiKey = process.env[`${prefix}API_KEY`];
const baseURL = process.env[`${prefix}BASE_URL`];
if (!apiKey || !baseURL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey, baseURL });

function getWeather({ city }) {
  // A real function would look the city up.
  return { temperature: "14 degrees Celsius" };
}

const functions = { get_weather: getWeather };
const tools = [
  {
    type: "function",
    name: "get_weather",
    description: "Look up the weather of a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
];
const items = [{ role: "user", content: "How warm is it in Leipzig?" }];
let answer = "No answer after five rounds.";
for (let round = 0; round < 5; round++) {
  const response = await client.responses.create({
    model: "gpt-5-mini",
    input: items,
    tools,
  });
  items.push(...response.output);
  const calls = response.output.filter((item) => item.type === "function_call");
  if (!calls.length) {
    answer = `Answer: ${response.output_text}`;
    break;
  }
  for (const call of calls) {
    console.log("Call:", call.name, call.arguments);
    const run = functions[call.name];
    const args = JSON.parse(call.arguments);
    const reply = { call_id: call.call_id, output: JSON.stringify(run(args)) };
    items.push({ type: "function_call_output", ...reply });
  }
}
console.log(answer);
