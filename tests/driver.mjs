// Calls functions of some modules for node.py: JSON calls on stdin, JSON results on stdout.

import { readFileSync } from "node:fs";

const [onError, ...addresses] = process.argv.slice(2);
console.log = console.error; // stdout is for the results
const functions = {};
for (const address of addresses) Object.assign(functions, await import(address));
const calls = JSON.parse(readFileSync(0, "utf8"), revive);
const results = [];

// JSON lacks NaN, infinities and a zero's sign, so these travel as { $number: "NaN" }.
function revive(_, value) {
  return typeof value?.$number === "string" ? Number(value.$number) : value;
}

function replace(_, value) {
  const odd = typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0));
  return odd ? { $number: Object.is(value, -0) ? "-0" : String(value) } : value;
}

for (const [name, args] of calls) {
  // An argument { $result: k } is what call number k returned, itself and not a copy.
  const given = args.map((arg) => (Number.isInteger(arg?.$result) ? results[arg.$result] : arg));
  try {
    if (typeof functions[name] !== "function") throw new Error(`${name}: no such function`);
    results.push(await functions[name](...given));
  } catch (error) {
    if (onError === "throw") throw error;
    results.push({ $thrown: String(error.message) });
  }
}
process.stdout.write(JSON.stringify(results.map((result) => result ?? null), replace));
