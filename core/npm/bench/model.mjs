// What the model takes as WASM in Node; `cargo xtask bench` runs it.
//
//     node model.mjs PACKAGE REVISIONS ROUNDS
//
// PACKAGE is the directory that wasm-pack made for Node, REVISIONS that of revision files. Prints two lines, in
// milliseconds, each the median of the rounds: a dry run of the whole history, from files to the plan as JSON; and a
// draft of 300 lines on what that history made, from its text to the answer as JSON.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [packaged, revisions, rounds] = process.argv.slice(2);
const directory = resolve(packaged);
const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
const { Project } = createRequire(import.meta.url)(join(directory, manifest.main));

const files = JSON.stringify(
  readdirSync(revisions).map((name) => ({ path: `versions/${name}`, text: readFileSync(join(revisions, name), "utf8") })),
);

/** A draft as people write them: tables, then changes of tables that are there; one statement in three lines. */
function draft(lines) {
  const statements = [];
  const undone = [];
  for (let n = 0; n < lines / 6; n += 1) {
    statements.push(
      `CREATE TABLE draft_${n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  of bigint REFERENCES t${n},\n  note text NOT NULL CHECK (length(note) < 200));`,
      `ALTER TABLE t${n * 3}\n  ADD COLUMN draft bigint DEFAULT 0,\n  ADD CONSTRAINT draft_${n}_check CHECK (draft >= 0);`,
    );
    undone.unshift(`ALTER TABLE t${n * 3} DROP COLUMN draft;`, `DROP TABLE draft_${n};`);
  }
  return JSON.stringify({ up: `${statements.join("\n")}\n`, down: `${undone.join("\n")}\n` });
}

function median(work) {
  const times = Array.from({ length: Number(rounds) }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)].toFixed(2);
}

function outcomes(statements) {
  const wrong = statements.find((statement) => statement.outcome !== "ok");
  if (wrong) throw new Error(`${wrong.sql}: ${wrong.outcome} ${wrong.error?.message}`);
}

console.log(median(() => outcomes(JSON.parse(new Project(files).plan("{}")).steps.flatMap((step) => step.statements))));
const project = new Project(files);
const heads = JSON.parse(project.heads()).revisions.map(({ id }) => id);
const ground = project.ground(JSON.stringify(heads));
const text = draft(300);
const { up, down, findings } = JSON.parse(project.draft(ground, text));
outcomes([...up, ...down]);
if (findings.length > 0) throw new Error(findings[0].message);
console.log(median(() => project.draft(ground, text)));
