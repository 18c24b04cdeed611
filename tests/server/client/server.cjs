// server.chat on a log of its own, and the modules of the official client: what all tests here begin with.
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { mkdtempSync, rmSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");

const [, , modules, program] = process.argv;
const client = createRequire(resolve(modules, "package.json"));
const folder = mkdtempSync(join(tmpdir(), "evstore-test-"));

/** Starts it on a port, or on any; `url` says where it is. */
async function start(port = 0) {
  const server = spawn(program, [join(folder, "chat.jsonl"), String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = await once(server.stdout, "data");
  const taken = Number(String(said).trim());
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}`,
    async kill() {
      server.kill("SIGKILL");
      await once(server, "exit");
    },
    async end() {
      server.stdin.end();
      const [code] = await once(server, "exit");
      return code;
    },
  };
}

function run(main) {
  main().then(
    () => console.log("the official client is content"),
    (error) => { console.error(error); process.exitCode = 1; },
  ).finally(() => { rmSync(folder, { recursive: true }); process.exit(); });
}

module.exports = { client, named: client("convex/server").makeFunctionReference, run, start };
