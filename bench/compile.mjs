// Compile the MJML documents given on stdin (a JSON array) with the official compiler, warm, and print
// the seconds that each of ROUNDS rounds over all of them took: with the options that a user gets who
// gives none, and without validation (a JSON object of two arrays).
import mjml2html from "mjml";
import { readFileSync } from "node:fs";

const rounds = Number(process.argv[2]);
const warm = Number(process.argv[3]);
const documents = JSON.parse(readFileSync(0, "utf8"));

async function round(options) {
  const began = process.hrtime.bigint();
  for (const document of documents) {
    const { html } = await mjml2html(document, options);
    if (!html.includes("</html>")) throw new Error("no document came out");
  }
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function measured(options) {
  const seconds = [];
  for (let done = 0; done < warm + rounds; done += 1) seconds.push(await round(options));
  return seconds.slice(warm);
}

const asItComes = await measured({});
const unvalidated = await measured({ validationLevel: "skip" });
console.log(JSON.stringify({ "as it comes": asItComes, "without validation": unvalidated }));
