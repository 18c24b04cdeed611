// The official client reads all that there is, once over HTTP and as a subscriber: node reads_all.cjs <folder with node_modules> <address>
const assert = require("node:assert/strict");
const { createRequire } = require("node:module");
const path = require("node:path");

const [folder, address] = process.argv.slice(2);
const client = createRequire(path.resolve(folder, "package.json"));
const { ConvexClient, ConvexHttpClient } = client("convex/browser");
const { anyApi: api } = client("convex/server");
const { convexToJson } = client("convex/values");

async function main() {
  const http = new ConvexHttpClient(address, { skipConvexDeploymentUrlCheck: true });
  const convex = new ConvexClient(address, { skipConvexDeploymentUrlCheck: true });
  const both = async (query, args) => {
    const asked = await http.query(query, args);
    const told = await new Promise((resolve, reject) => convex.onUpdate(query, args, resolve, reject));
    assert.equal(JSON.stringify(convexToJson(told)), JSON.stringify(convexToJson(asked)));
    return asked;
  };
  for (const { _id: gameId } of await both(api.games.list, {})) {
    await both(api.games.get, { gameId });
    await both(api.games.history, { gameId });
    await both(api.messages.list, { gameId });
  }
  await both(api.artifacts.list, {});
  await convex.close();
}

main().then(
  () => process.exit(0),
  (failed) => (console.error(failed), process.exit(1)),
);
