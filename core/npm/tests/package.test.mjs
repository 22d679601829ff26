// The npm package in Node: the same planner as the program, answer by answer and byte by byte.
//
// LIMBECK_NPM_PACKAGE is the directory that wasm-pack made for Node, LIMBECK_BIN the program, LIMBECK_MIGRATIONS the
// example's directory.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";

function needed(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; \`cargo xtask test\` sets it`);
  return resolve(value);
}

const directory = needed("LIMBECK_NPM_PACKAGE");
const program = needed("LIMBECK_BIN");
const migrations = needed("LIMBECK_MIGRATIONS");
const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
const limbeck = createRequire(import.meta.url)(join(directory, manifest.main));

function sqlFiles(below) {
  return readdirSync(join(migrations, below), { withFileTypes: true }).flatMap((entry) => {
    const path = `${below}/${entry.name}`;
    return entry.isDirectory() ? sqlFiles(path) : path.endsWith(".sql") ? [path] : [];
  });
}

const file = (path) => ({ path, text: readFileSync(join(migrations, path), "utf8") });
const files = [file("limbeck.toml"), file("script.sql"), ...sqlFiles("versions").map(file)];

/** Returns what the program prints, without the white space between the parts of the document. */
function fromProgram(...args) {
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME };
  const options = { encoding: "utf8", maxBuffer: 1 << 26, env: environment };
  const text = execFileSync(program, ["--dir", migrations, "--json", ...args], options);
  return JSON.stringify(JSON.parse(text));
}

const revision = (id, parents, up = "SELECT 1;\n") => ({
  path: `versions/${id}.sql`,
  text: `-- make ${id}\n-- Revision ID: ${id}\n-- Revises: ${parents}\n-- migrate:up\n${up}`,
});

const project = (...revisions) => new limbeck.Project(JSON.stringify(revisions));

/** Returns the failure that a call throws. */
function failure(call) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof Error);
    return JSON.parse(error.message);
  }
  return assert.fail("nothing was thrown");
}

describe("the example, as the program answers", () => {
  const example = new limbeck.Project(JSON.stringify(files));

  test("heads", () => assert.equal(example.heads(), fromProgram("heads")));
  test("branches", () => assert.equal(example.branches(), fromProgram("branches")));
  test("history", () => assert.equal(example.history(), fromProgram("history")));
  test("validate", () => assert.equal(example.validate(), fromProgram("validate")));

  test("show, for each revision", () => {
    for (const { id } of JSON.parse(example.history()).revisions) {
      assert.equal(example.show(id), fromProgram("show", id));
    }
  });

  test("plan from base and back", () => {
    const up = example.plan(JSON.stringify({ from: ["base"] }));
    assert.equal(up, fromProgram("plan", "heads", "--from", "base"));
    const { to, steps } = JSON.parse(up);
    assert.equal(steps.length, JSON.parse(example.history()).revisions.length);
    const down = example.plan(JSON.stringify({ direction: "downgrade", target: "base", from: to }));
    assert.equal(down, fromProgram("plan", "base", "--downgrade", "--from", to.join(",")));
  });
});

describe("any project", () => {
  test("a plan names steps, rows and statements", () => {
    const plan = JSON.parse(project(revision("a", ""), revision("b", "a")).plan("{}"));
    assert.deepEqual(plan.steps.map((step) => [step.revision, step.rows_before, step.rows_after]), [
      ["a", [], ["a"]],
      ["b", ["a"], ["b"]],
    ]);
    assert.equal(plan.steps[0].statements[0].kind, "select");
    assert.match(plan.digest, /^sha256:[0-9a-f]{64}$/);
  });

  test("a plan is also Markdown and SQL", () => {
    const one = project(revision("a", ""));
    assert.match(one.planAsMarkdown("{}"), /^### Limbeck: upgrade from `base` to `a`\n/);
    assert.match(one.planAsSql("{}"), /INSERT INTO alembic_version \(version_num\) VALUES \('a'\);\n\nCOMMIT;\n/);
  });

  test("a history has a lane for each line of revisions", () => {
    const diamond = project(revision("a", ""), revision("b", "a"), revision("c", "a"), revision("m", "b, c"));
    const { width, rows } = JSON.parse(diamond.layout());
    assert.equal(width, 2);
    assert.deepEqual(rows.map((row) => row.revision).sort(), ["a", "b", "c", "m"]);
    assert.deepEqual(rows[0].lines.map((line) => line.kind), ["parent", "parent"]);
  });

  test("a draft is judged on what the revisions below it made", () => {
    const one = project(revision("a", "", "CREATE TABLE t (id int);\n"));
    const ground = one.ground('["a"]');
    const draft = (request) => JSON.parse(one.draft(ground, JSON.stringify(request)));
    const { up, down, findings } = draft({ up: "\nDROP TABLE t;\nDROP TABLE t;", down: "CREATE TABLE t ();" });
    assert.deepEqual(up.map(({ line, outcome, error }) => [line, outcome, error?.sqlstate]), [
      [2, "ok", undefined],
      [3, "error", "42P01"],
    ]);
    assert.deepEqual(up[0].findings.map((finding) => finding.code), ["data-loss"]);
    assert.deepEqual(down.map(({ line, outcome }) => [line, outcome]), [[1, "ok"]]);
    assert.deepEqual(findings, []);
    const left = draft({ up: "CREATE TABLE u ();", down: "" });
    assert.deepEqual(left.findings.map((finding) => finding.code), ["incomplete-downgrade"]);
    assert.equal(draft({ up: "CREATE INDEX CONCURRENTLY ON t (id);", transaction: false }).up[0].outcome, "ok");
    assert.equal(failure(() => one.ground('["nobody"]')).error.code, "unknown-revision");
    assert.equal(failure(() => one.draft(ground, "{}")).error.code, "usage");
  });

  test("a broken history is shown and not planned", () => {
    const broken = project(revision("a", "gone"), { path: "versions/b.sql", error: "permission denied" });
    assert.equal(JSON.parse(broken.history()).revisions.length, 1);
    assert.deepEqual(JSON.parse(broken.validate()).findings.map((finding) => finding.code), ["missing-parent", "unreadable-file"]);
    assert.equal(failure(() => broken.plan("{}")).error.code, "broken-history");
  });
});

describe("what goes wrong", () => {
  test("an unknown revision is thrown as the document of a failure", () => {
    const { format, error } = failure(() => project(revision("a", "")).show("nobody"));
    assert.deepEqual([format, error.code, error.candidates], [1, "unknown-revision", []]);
  });

  test("what is no JSON or asks for the unheard of is a usage error", () => {
    assert.equal(failure(() => new limbeck.Project("[")).error.code, "usage");
    assert.equal(failure(() => project().plan('{"to": "x"}')).error.code, "usage");
  });
});

describe("text", () => {
  test("tokens count in the units of JavaScript's strings", () => {
    const sql = "SELECT '😀' AS größe;";
    const parts = JSON.parse(limbeck.tokens(sql)).map(({ start, end, kind }) => [sql.slice(start, end), kind]);
    assert.deepEqual(parts, [
      ["SELECT", "keyword"],
      ["'😀'", "string"],
      ["AS", "keyword"],
      ["größe", "identifier"],
      [";", "punctuation"],
    ]);
  });

  test("statements have their kind, and errors their place", () => {
    const sql = "-- 😀\nCREATE TABLE t (a int);\nCREATE TABEL u ();";
    const { statements, errors } = JSON.parse(limbeck.statements(sql));
    assert.deepEqual(statements.map(({ start, end, kind }) => [sql.slice(start, end), kind]), [
      ["CREATE TABLE t (a int)", "create_table"],
      ["CREATE TABEL u ()", "unknown"],
    ]);
    assert.deepEqual(errors.map(({ start, end }) => sql.slice(start, end)), ["CREATE"]);
  });
});
