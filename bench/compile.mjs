// Compile the MJML documents given on stdin (a JSON array) with the official compiler, warm, and print
// the seconds that each of ROUNDS rounds over all of them took (a JSON array).
import mjml2html from "mjml";
import { readFileSync } from "node:fs";

const rounds = Number(process.argv[2]);
const documents = JSON.parse(readFileSync(0, "utf8"));
const options = { fonts: {}, validationLevel: "skip", keepComments: true };

async function round() {
  const began = process.hrtime.bigint();
  for (const document of documents) {
    const { html } = await mjml2html(document, options);
    if (!html.includes("</html>")) throw new Error("no document came out");
  }
  return Number(process.hrtime.bigint() - began) / 1e9;
}

for (let warm = 0; warm < 3; warm += 1) await round();
const seconds = [];
for (let counted = 0; counted < rounds; counted += 1) seconds.push(await round());
console.log(JSON.stringify(seconds));
