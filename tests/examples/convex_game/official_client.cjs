// The official client, unmodified, plays: node official_client.cjs <folder with node_modules> <convex_game> [<options of it>]
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { createInterface } = require("node:readline");

const [folder, program, ...options] = process.argv.slice(2);
const client = createRequire(path.resolve(folder, "package.json"));
const { ConvexClient, ConvexHttpClient } = client("convex/browser");
const { anyApi: api } = client("convex/server");
const { ConvexError } = client("convex/values");

const home = mkdtempSync(path.join(tmpdir(), "convex-game-"));
const started = spawn(program, ["--data", home, ...options], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => {
  started.kill("SIGKILL");
  rmSync(home, { recursive: true });
});

/** What a subscription tells, one after the other. */
function watch(convex, query, args) {
  const told = [];
  let look = () => {};
  convex.onUpdate(query, args, (value) => (told.push(value), look()));
  const until = (is) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not within 30 s: ${is}; told ${JSON.stringify(told.at(-1))}`)), 30_000);
      look = () => told.length > 0 && is(told.at(-1)) && (clearTimeout(late), resolve(told.at(-1)));
      look();
    });
  return { told, until };
}

async function main() {
  const [url] = await new Promise((resolve) => createInterface(started.stdout).once("line", (line) => resolve([line.replace(/\/$/, "")])));
  const http = new ConvexHttpClient(url, { skipConvexDeploymentUrlCheck: true });
  const ada = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true });
  const bob = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true });
  const make = () => ada.mutation(api.games.create, { state: { turn: 1 }, rules: "r", isActive: true, status: "playing" });

  // A subscriber hears of each commit that changes its answer, and of no other.
  const game = await make();
  const other = await make();
  const seen = watch(bob, api.games.get, { gameId: game });
  await seen.until((value) => value.state.turn === 1);
  for (let turn = 2; turn <= 6; ++turn) {
    await ada.mutation(api.games.updateState, { gameId: other, newState: { turn: 100 + turn } });
    await ada.mutation(api.games.updateState, { gameId: game, newState: { turn } });
    await seen.until((value) => value.state.turn === turn);
  }
  assert.deepEqual(seen.told.map((value) => value.state.turn), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await http.query(api.games.get, { gameId: game }), seen.told.at(-1)); // polling agrees

  // Values of all kinds come back.
  const state = { n: 2n ** 62n, nan: NaN, zero: -0, bytes: new Uint8Array([1, 2]).buffer, deep: [[{ a: null }]] };
  await ada.mutation(api.games.updateState, { gameId: game, newState: state });
  assert.deepEqual((await seen.until((value) => value.state.n)).state, state);

  // Errors have their data.
  const said = { gameId: game, role: "user", timestamp: 1 };
  await assert.rejects(ada.mutation(api.messages.send, { ...said, content: "" }), (failed) => {
    assert(failed instanceof ConvexError);
    assert.deepEqual(failed.data, { code: "EMPTY_CONTENT", field: "content", gameId: game, minLength: 1n });
    return true;
  });
  await assert.rejects(http.query(api.games.list, { limit: 0 }), (failed) => {
    assert.deepEqual(failed.data, { code: "BAD_LIMIT", limit: 0, min: 1n });
    return true;
  });
  await assert.rejects(ada.query(api.games.fly, {}), /Could not find/);

  // Pages keep their ends while messages come: only the last one grows.
  const send = (content) => ada.mutation(api.messages.send, { ...said, content });
  for (const content of ["a", "b", "c"]) await send(content);
  const page = (cursor) => watch(bob, api.messages.page, { gameId: game, paginationOpts: { numItems: 2, cursor } });
  const contents = (value) => value.page.map((each) => each.content).join("");
  const first = page(null);
  const { continueCursor, isDone } = await first.until((value) => contents(value) === "ab");
  assert.equal(isDone, false);
  const last = page(continueCursor);
  await last.until((value) => contents(value) === "c" && value.isDone);
  for (const content of ["d", "e", "f"]) await send(content);
  await last.until((value) => contents(value) === "cdef" && value.isDone);
  assert.equal(contents(first.told.at(-1)), "ab");

  // Files are actions.
  const stored = await ada.action(api.artifacts.store, { runId: "r", name: "gamestate.json", content: new TextEncoder().encode('{"turn":7}').buffer });
  assert.equal(stored.size, 10);
  assert.equal(JSON.parse(JSON.stringify(stored)).name, "gamestate.json");
  for (const each of [ada, http])
    await assert.rejects(each.mutation(api.artifacts.record, stored), /Could not find public function for 'artifacts:record'/);
  const restored = await ada.action(api.games.restore, { runId: "r" });
  assert.equal((await bob.query(api.games.get, {}))._id, restored);
  await Promise.all([ada.close(), bob.close()]);
}

main().then(
  () => process.exit(0),
  (failed) => (console.error(failed), process.exit(1)),
);
