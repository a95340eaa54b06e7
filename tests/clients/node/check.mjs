// Checks a running sandbox with the official openai package for Node, and prints the results in the form of TAP.
// Usage: node check.mjs BASE_URL
import assert from "node:assert/strict";

import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const CHAT = "Llama-3.3-70B-Instruct";
const AZURE = "gpt-4.1";
const EMBEDDINGS = "text-embedding-bge-m3";
const QUESTION = [{ role: "user", content: "What is a rainbow?" }];
const TWO_CITIES = [{ role: "user", content: "What is the weather forecast for Bremen and for Kiel?" }];
const FORECAST = {
  name: "get_forecast",
  description: "Get the weather forecast for a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const TOOLS = [{ type: "function", function: FORECAST }];

const client = new OpenAI({ apiKey: "sandbox", baseURL: process.argv[2], maxRetries: 0 });

const ask = (options = {}, requestOptions = {}) =>
  client.chat.completions.create({ model: AZURE, messages: QUESTION, temperature: 0, ...options }, requestOptions);

const withFault = (fault, options = {}) => ({ headers: { "X-Sandbox-Fault": fault }, ...options });

const checks = {
  async "models are listed and retrieved"() {
    const models = [];
    for await (const model of client.models.list()) models.push(model);
    assert.ok(models.some((model) => model.id === CHAT));
    const model = await client.models.retrieve(AZURE);
    assert.deepEqual(model, models.find((other) => other.id === AZURE));
    assert.equal(typeof model.meta_data.max_sequence_length, "number");
  },

  async "a question is answered"() {
    const response = await ask();
    assert.match(response.choices[0].message.content, /rainbow/i);
    assert.equal(response.choices[0].finish_reason, "stop");
    assert.equal(response.usage.total_tokens, response.usage.prompt_tokens + response.usage.completion_tokens);
  },

  async "a stream is the whole answer in pieces"() {
    for (const model of [CHAT, AZURE]) {
      const whole = await ask({ model });
      const stream = await ask({ model, stream: true, stream_options: { include_usage: true } });
      let text = "";
      let usage = null;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        usage = chunk.usage ?? usage;
      }
      assert.equal(text, whole.choices[0].message.content);
      assert.deepEqual(usage, whole.usage);
    }
  },

  async "a stream can be left"() {
    const stream = await ask({ stream: true });
    for await (const chunk of stream) {
      assert.equal(chunk.object, "chat.completion.chunk");
      break;
    }
    assert.ok(stream.controller.signal.aborted);
  },

  async "the stream helper sums up the answer"() {
    const stream = client.chat.completions.stream({ model: AZURE, messages: QUESTION, temperature: 0 });
    let text = "";
    stream.on("content", (delta) => (text += delta));
    const final = await stream.finalChatCompletion();
    assert.equal(final.choices[0].message.content, text);
    assert.equal(text, (await ask()).choices[0].message.content);
  },

  async "tools are called, also in a stream"() {
    const response = await ask({ messages: TWO_CITIES, tools: TOOLS });
    const cities = response.choices[0].message.tool_calls.map((call) => JSON.parse(call.function.arguments).city);
    assert.deepEqual(cities, ["Bremen", "Kiel"]);
    const stream = client.chat.completions.stream({ model: AZURE, messages: TWO_CITIES, tools: TOOLS, temperature: 0 });
    const message = (await stream.finalChatCompletion()).choices[0].message;
    assert.deepEqual(
      message.tool_calls.map((call) => JSON.parse(call.function.arguments).city),
      cities,
    );
  },

  async "the tool runner calls the function and tells its result"() {
    const asked = [];
    const forecast = ({ city }) => {
      asked.push(city);
      return JSON.stringify({ forecast: "showers" });
    };
    const tool = { type: "function", function: { ...FORECAST, function: forecast, parse: JSON.parse } };
    const messages = [{ role: "user", content: "What is the weather forecast for Bremen?" }];
    const runner = client.chat.completions.runTools({ model: AZURE, messages, tools: [tool] });
    assert.match(await runner.finalContent(), /showers/);
    assert.deepEqual(asked, ["Bremen"]);
  },

  async "an answer is parsed by a schema"() {
    const schema = z.object({ name: z.string(), age: z.number().int(), pets: z.array(z.string()) });
    const messages = [{ role: "user", content: "Anna is 31 years old. She has a dog and a cat." }];
    const response = await client.chat.completions.parse({
      model: AZURE,
      messages,
      response_format: zodResponseFormat(schema, "person"),
    });
    const person = response.choices[0].message.parsed;
    assert.deepEqual([person.name, person.age], ["Anna", 31]);
    assert.ok(Array.isArray(person.pets));
  },

  async "a response is the same in a stream of events"() {
    const asked = { model: AZURE, input: QUESTION, temperature: 0 };
    const whole = await client.responses.create(asked);
    assert.match(whole.output_text, /rainbow/i);
    const stream = client.responses.stream(asked);
    let text = "";
    stream.on("response.output_text.delta", (event) => (text += event.delta));
    const final = await stream.finalResponse();
    assert.deepEqual([text, final.output_text], [whole.output_text, whole.output_text]);
    assert.deepEqual(final.usage, whole.usage);
  },

  async "a response asks for tools and is told their results"() {
    const asked = { model: "gpt-oss-120b", tools: [{ type: "function", strict: false, ...FORECAST }] };
    const first = await client.responses.create({ ...asked, input: TWO_CITIES });
    const calls = first.output.filter((item) => item.type === "function_call");
    assert.deepEqual(
      calls.map((call) => JSON.parse(call.arguments).city),
      ["Bremen", "Kiel"],
    );
    const results = ["showers", "sunshine"].map((output, index) => {
      return { type: "function_call_output", call_id: calls[index].call_id, output };
    });
    const second = await client.responses.create({ ...asked, input: [...TWO_CITIES, ...first.output, ...results] });
    assert.match(second.output_text, /showers.*sunshine/s);
  },

  async "a response is parsed by a schema"() {
    const person = z.object({ name: z.string(), age: z.number().int() });
    const text = { format: zodTextFormat(person, "person") };
    const response = await client.responses.parse({ model: AZURE, input: "Ada is 36 years old.", text });
    assert.deepEqual(response.output_parsed, { name: "Ada", age: 36 });
  },

  async "embeddings are the same as floats and as base64"() {
    const input = ["a blue boat", "tax law"];
    const packed = await client.embeddings.create({ model: EMBEDDINGS, input });
    const plain = await client.embeddings.create({ model: EMBEDDINGS, input, encoding_format: "float" });
    packed.data.forEach(({ embedding }, index) => {
      const expected = plain.data[index].embedding;
      assert.equal(embedding.length, 1024);
      assert.ok(embedding.every((value, place) => Math.abs(value - expected[place]) < 1e-6));
    });
  },

  async "errors have their classes and say what is wrong"() {
    await assert.rejects(ask({ model: "no-such-model" }), OpenAI.NotFoundError);
    await assert.rejects(ask({ temperature: 3 }), OpenAI.BadRequestError);
    await assert.rejects(ask({}, { headers: { Authorization: "Bearer wrong" } }), OpenAI.AuthenticationError);
    await assert.rejects(ask({ model: "gpt-5-mini", max_tokens: 5 }), (error) => {
      assert.equal(error.param, "max_tokens");
      assert.equal(error.code, "unsupported_parameter");
      return /max_completion_tokens/.test(error.message);
    });
  },

  async "a fault that passes is survived by retrying"() {
    const fault = withFault("rate; times=2; retry-after=0.01", { maxRetries: 2 });
    const { data, response } = await ask({}, fault).withResponse();
    assert.match(data.choices[0].message.content, /rainbow/i);
    assert.equal(response.headers.get("x-sandbox"), "1");
  },

  async "a fault that stays is raised after the last try"() {
    await assert.rejects(ask({}, withFault("rate; retry-after=0.01", { maxRetries: 1 })), OpenAI.RateLimitError);
    await assert.rejects(ask({}, withFault("unavailable")), OpenAI.InternalServerError);
  },

  async "an answer that is late runs into the timeout"() {
    const late = ask({}, withFault("timeout; seconds=30", { timeout: 100 }));
    await assert.rejects(late, OpenAI.APIConnectionTimeoutError);
  },

  async "a stream that breaks off is an error"() {
    const stream = await ask({ stream: true }, withFault("connection-lost"));
    let chunks = 0;
    await assert.rejects(async () => {
      for await (const _ of stream) chunks += 1;
    });
    assert.ok(chunks > 0);
  },
};

const names = Object.keys(checks);
console.log(`1..${names.length}`);
for (const [index, name] of names.entries()) {
  try {
    await checks[name]();
    console.log(`ok ${index + 1} - ${name}`);
  } catch (error) {
    console.log(`not ok ${index + 1} - ${name}`);
    console.log(String(error.stack).replace(/^/gm, "# "));
    process.exitCode = 1;
  }
}
