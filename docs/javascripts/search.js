// Stands between Material's script and Material's search worker, so that the worker and the documents are loaded when
// somebody searches, and not with every page. The messages are those of Material (`SearchMessageType` in its sources).
const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;
// Words of a question that say nothing about its answer. Material would also find all words that begin with them.
const LITTLE = new Set((
  "a an and are as at be by can could do does for from get have how i if in into is it its may me much " +
  "my of on or see should that the there to want what when where which why will with would you your"
).split(" "));

const options = new URLSearchParams(location.search);
let setup;
let query;
let worker;

async function load() {
  const response = await fetch(new URL(options.get("documents"), location));
  const documents = await response.json();
  worker = new Worker(new URL(options.get("worker"), location));
  worker.onmessage = ({ data }) => data.type === READY ? worker.postMessage(query) : postMessage(data);
  worker.postMessage({ type: SETUP, data: { ...setup, ...documents } });
}

// Leave the little words out of a query, unless there are no others.
function keepTelling(text) {
  const words = text.split(/\s+/);
  const telling = words.filter((word) => !LITTLE.has(word.replace(/\W/g, "").toLowerCase()));
  return telling.some((word) => /\w/.test(word)) ? telling.join(" ") : text;
}

// Without a connection, say that nothing was found, and try again with the next word.
function forget() {
  query = undefined;
  postMessage({ type: RESULT, data: { items: [] } });
}

onmessage = ({ data: message }) => {
  if (message.type === SETUP) {
    setup = message.data;
    postMessage({ type: READY });
  } else if (worker) {
    worker.postMessage({ ...message, data: keepTelling(message.data) });
  } else if (message.data.trim()) {
    const first = !query;
    query = { ...message, data: keepTelling(message.data) };
    if (first) load().catch(forget);
  } else {
    postMessage({ type: RESULT, data: { items: [] } });
  }
};
