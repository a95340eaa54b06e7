// The calculator on the page "Plans and cost". Its form and its prices are in the page: see tools/website/prices.py.
const form = document.getElementById("calculator");
const field = (name) => document.getElementById(`cost-${name}`);
const count = (name) => Math.max(field(name).min, Math.min(field(name).max, Math.floor(field(name).value)));
const write = (number) => number.toLocaleString("en");
const euros = (amount) => amount.toLocaleString("en", {
  style: "currency", currency: "EUR", ...(amount < 1 ? { maximumSignificantDigits: 3 } : {}),
});

function calculate() {
  const [question, answer, turns, conversations] = ["question", "answer", "turns", "conversations"].map(count);
  const price = field("model").selectedOptions[0].dataset;
  // Each turn sends all earlier ones again, so the input grows from turn to turn.
  const inputs = Array.from({ length: turns }, (_, earlier) => question + earlier * (question + answer));
  const input = inputs.reduce((sum, tokens) => sum + tokens, 0);
  const output = turns * answer;
  const cost = (input * price.input + output * price.output) / 1e6;
  const again = input && Math.round(100 * (1 - turns * question / input));
  field("result").textContent =
    `One conversation: ${write(input)} tokens of input, ${again}% of them sent again, and ${write(output)} of output, ` +
    `${euros(cost)}. ${write(conversations)} conversations (${write(conversations * turns)} requests): ` +
    `${euros(cost * conversations)}. ` +
    `Input of the first turn: ${write(inputs[0])} tokens, of the last: ${write(inputs.at(-1))}.`;
  const bars = inputs.map((tokens) => {
    const bar = document.createElement("span");
    bar.style.height = `${100 * tokens / (inputs.at(-1) || 1)}%`;
    return bar;
  });
  form.querySelector(".bars").replaceChildren(...bars);
}

form.addEventListener("input", calculate);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
calculate();
