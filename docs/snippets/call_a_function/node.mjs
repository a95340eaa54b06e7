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
    function: {
      name: "get_weather",
      description: "Look up the weather of a city",
      parameters: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
    },
  },
];
const messages = [{ role: "user", content: "How warm is it in Leipzig?" }];
let answer = "No answer after five rounds.";
for (let round = 0; round < 5; round++) {
  const response = await client.chat.completions.create({
    model: "gpt-oss-120b",
    messages,
    tools,
  });
  const message = response.choices[0].message;
  if (!message.tool_calls?.length) {
    answer = `Answer: ${message.content}`;
    break;
  }
  messages.push(message);
  for (const call of message.tool_calls) {
    console.log("Call:", call.function.name, call.function.arguments);
    const run = functions[call.function.name];
    const args = JSON.parse(call.function.arguments);
    const result = JSON.stringify(run(args));
    const reply = { role: "tool", tool_call_id: call.id, content: result };
    messages.push(reply);
  }
}
console.log(answer);
