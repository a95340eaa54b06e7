// Runs programs in one process, one after the other: Node.js would spend more time on its start and on importing
// `openai` than on all that a program does.
//
// Input: for each program a line of JSON, {"program": its path, "variables": its environment}. Output: for each one a
// line of JSON, {"stdout", "stderr", "status"}.
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const answer = process.stdout.write.bind(process.stdout);
const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) process[name].write = (text) => Boolean((written[name] += text));
for (const kind of ["warning", "unhandledRejection"]) process.on(kind, (error) => (written.stderr += format(error)));

for await (const line of createInterface({ input: process.stdin })) {
  const { program, variables } = JSON.parse(line);
  Object.assign(written, { stdout: "", stderr: "" });
  process.env = variables;
  process.chdir(path.dirname(program));
  let status = 0;
  try {
    await import(pathToFileURL(program));
  } catch (error) {
    written.stderr += format(error);
    status = 1;
  }
  await new Promise(setImmediate); // warnings come a moment later
  answer(`${JSON.stringify({ ...written, status })}\n`);
}
process.exit(0);
