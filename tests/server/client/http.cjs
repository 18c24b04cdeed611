// The official HTTP client, unmodified, against server.chat: node http.cjs <folder with node_modules> <server.chat>
const assert = require("node:assert/strict");
const { client, named, run, start } = require("./server.cjs");
const { ConvexHttpClient } = client("convex/browser");
const { ConvexError } = client("convex/values");

async function main() {
  let server = await start();
  let convex = new ConvexHttpClient(server.url);
  const room = await convex.mutation(named("rooms:open"), { title: "a room" });
  assert.match(room, /^[0-9a-z]{32}$/);

  const content = {
    n: 1n, least: -(2n ** 63n), zero: -0, nan: NaN, far: Infinity, bytes: new Uint8Array([1, 2, 3]).buffer,
    list: [null, true, "\u0000é\u{1f600}\u2028", [], {}], large: 1e21, small: 5e-324, absent: undefined,
  };
  const sent = await convex.mutation(named("messages:send"), { room, content });
  const { absent, ...kept } = content;
  const [message] = await convex.query(named("messages:list"), { room });
  assert.deepEqual(message.content, kept);
  assert.ok(Object.is(message.content.zero, -0));
  assert.equal(message._id, sent);
  assert.ok(Math.abs(message._creationTime - Date.now()) < 60_000);

  const failure = await convex.mutation(named("messages:send"), { room, content: "" }).catch((error) => error);
  assert.ok(failure instanceof ConvexError);
  assert.deepEqual(failure.data, { code: "EMPTY_CONTENT", minLength: 1n });

  await assert.rejects(convex.query(named("rooms:nope"), {}), /Could not find public function for 'rooms:nope'/);
  await assert.rejects(convex.query(named("rooms:open"), { title: "x" }), /Trying to execute rooms.js:open as Query, but it is defined as Mutation/);
  await assert.rejects(convex.query(named("messages:list"), { room: sent }), /Found ID .* from table `messages`/);
  await assert.rejects(convex.query(named("messages:list"), { room, extra: 1 }), /extra field `extra`/);
  await assert.rejects(convex.query(named("broken:query"), {}), (error) => !(error instanceof ConvexError) && /out of luck/.test(error.message));

  assert.equal(await convex.action(named("rooms:openTwice"), { title: "two" }), 3);
  assert.equal(await convex.consistentQuery(named("rooms:count"), {}), 3);
  await convex.mutation(named("rooms:open"), { title: "later" });
  assert.equal(await convex.consistentQuery(named("rooms:count"), {}), 3); // as it was at its first timestamp
  assert.equal(await convex.query(named("rooms:count"), {}), 4);
  await Promise.all(Array.from({ length: 50 }, (_, i) => convex.mutation(named("messages:send"), { room, content: i }, { skipQueue: true })));
  assert.equal((await convex.query(named("messages:list"), { room })).length, 51);

  convex.setAuth("a.b.c");
  await assert.rejects(convex.query(named("rooms:count"), {}), /InvalidAuthHeader/);
  convex.clearAuth();

  await server.kill();
  server = await start();
  convex = new ConvexHttpClient(server.url);
  assert.equal((await convex.query(named("messages:list"), { room })).length, 51);
  assert.equal(await server.end(), 0);
}

run(main);
