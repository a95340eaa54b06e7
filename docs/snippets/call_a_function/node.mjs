import OpenAI from "openai";

const { API_KEY, BASE_URL } = process.env;
if (!API_KEY || !BASE_URL) throw new Error("Set API_KEY and BASE_URL first.");

const client = new OpenAI({ apiKey: API_KEY, baseURL: BASE_URL });

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
for (let round = 0; round < 5; round++) {
  const response = await client.chat.completions.create({
    model: "gpt-4.1",
    messages,
    tools,
  });
  const message = response.choices[0].message;
  if (!message.tool_calls?.length) {
    console.log("Answer:", message.content);
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
