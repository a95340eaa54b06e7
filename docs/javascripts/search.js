// Stands between Material's script and Material's search worker, so that the worker and the documents are loaded when
// somebody searches, and not with every page. The messages are those of Material (`SearchMessageType` in its sources).
const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;

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
    query = message;
    worker.postMessage(message);
  } else if (message.data.trim()) {
    const first = !query;
    query = message;
    if (first) load().catch(forget);
  } else {
    postMessage({ type: RESULT, data: { items: [] } });
  }
};
