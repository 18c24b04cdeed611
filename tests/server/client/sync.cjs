// The official client of the sync protocol, unmodified, against server.chat:
// node sync.cjs <folder with node_modules> <server.chat>
const assert = require("node:assert/strict");
const { client, named, run, start } = require("./server.cjs");
const { ConvexClient, ConvexHttpClient } = client("convex/browser");
const { ConvexError } = client("convex/values");

const list = named("messages:list");
const send = named("messages:send");

/** All that a subscription told, and a way to wait for what it will. */
class Watched {
  constructor(convex, query, args) {
    this.told = [];
    this.failures = [];
    this.waiting = [];
    this.stop = convex.onUpdate(query, args, (value) => this.#take(this.told, value), (error) => this.#take(this.failures, error));
  }
  #take(list, value) {
    list.push(value);
    for (const look of [...this.waiting]) look();
  }
  /** The first time that `is(told, failures)`. */
  until(is, what) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not within 30 s: ${what}`)), 30_000);
      const look = () => {
        if (!is(this.told.at(-1), this.failures.at(-1))) return;
        clearTimeout(late);
        this.waiting = this.waiting.filter((other) => other !== look);
        resolve(this.told.at(-1));
      };
      this.waiting.push(look);
      look();
    });
  }
}
const contents = (messages) => messages?.map((message) => message.content);

async function main() {
  let server = await start();
  const http = new ConvexHttpClient(server.url);
  const one = new ConvexClient(server.url, { verbose: false });
  const other = new ConvexClient(server.url);
  const room = await one.mutation(named("rooms:open"), { title: "a room" });
  assert.match(room, /^[0-9a-z]{32}$/);

  // What is written is seen: by the writer when its mutation resolves, by others soon.
  const mine = new Watched(one, list, { room });
  const theirs = new Watched(other, list, { room });
  await mine.until((told) => told?.length === 0, "an empty room");
  await theirs.until((told) => told?.length === 0, "an empty room, elsewhere");
  const content = { n: 1n, zero: -0, nan: NaN, bytes: new Uint8Array([1, 2, 3]).buffer, text: "\u0000é\u{1f600}" };
  const id = await one.mutation(send, { room, content });
  assert.deepEqual(mine.told.at(-1).map((message) => message._id), [id]);
  assert.deepEqual((await theirs.until((told) => told?.length === 1, "a message"))[0].content, content);
  await http.mutation(send, { room, content: "over HTTP" });
  await mine.until((told) => told.length === 2, "a message over HTTP");

  // An optimistic update stands until the real thing takes its place, with nothing in between.
  const before = mine.told.length;
  await one.mutation(send, { room, content: "soon" }, {
    optimisticUpdate(store, { room, content }) {
      const known = store.getQuery(list, { room });
      store.setQuery(list, { room }, [...known, { _id: "expected", _creationTime: 0, room, content }]);
    },
  });
  const shown = mine.told.slice(before);
  assert.deepEqual(shown.map((messages) => messages.length), shown.map(() => 3));
  assert.equal(shown[0][2]._id, "expected");
  assert.match(shown.at(-1)[2]._id, /^[0-9a-z]{32}$/);

  // Failures are told to who asked, and are nobody else's.
  const failure = await one.mutation(send, { room, content: "" }).catch((error) => error);
  assert.ok(failure instanceof ConvexError);
  assert.deepEqual(failure.data, { code: "EMPTY_CONTENT", minLength: 1n });
  await assert.rejects(one.mutation(named("rooms:nope"), {}), /Could not find public function for 'rooms:nope'/);
  await assert.rejects(one.action(named("rooms:open"), { title: "x" }), /Trying to execute rooms.js:open as Action/);
  const broken = new Watched(one, named("broken:query"), {});
  await broken.until((_, failed) => /out of luck/.test(failed?.message), "a failure");
  assert.equal(await one.action(named("rooms:openTwice"), { title: "two" }), 3);
  assert.equal(await one.query(named("rooms:count"), {}), 3);

  // Who no longer listens hears nothing more.
  const silent = theirs.told.length;
  theirs.stop();
  await one.mutation(send, { room, content: "unheard" });
  assert.equal(mine.told.at(-1).at(-1).content, "unheard");
  assert.equal(theirs.told.length, silent);

  // A large result comes in parts, and is whole.
  const hall = await one.mutation(named("rooms:open"), { title: "a hall" });
  const far = new Watched(one, list, { room: hall });
  await far.until((told) => told?.length === 0, "an empty hall");
  const large = "x\u00e9\u{1f600}".repeat(800_000); // 5.6 MB
  await one.mutation(send, { room: hall, content: large });
  assert.equal(far.told.at(-1).at(-1).content, large);
  far.stop();

  // The server is killed between, and while, mutations are on their way. Each of them happens once, in their order,
  // and every promise is kept by the server that comes after.
  const counted = await one.mutation(named("rooms:open"), { title: "counted" });
  const count = 200;
  let acknowledged = 0;
  const promises = Array.from({ length: count }, (_, i) =>
    one.mutation(send, { room: counted, content: i }).then((id) => { ++acknowledged; return id; }));
  const kept = new Watched(one, list, { room: counted });
  await kept.until((told) => told?.length > 0, "the first of many messages");
  await server.kill();
  const at_the_kill = acknowledged;
  server = await start(server.port);
  const ids = await Promise.all(promises);
  assert.equal(new Set(ids).size, count);
  const final = await kept.until((told) => told.length === count, "all messages");
  assert.deepEqual(contents(final), Array.from({ length: count }, (_, i) => i));
  assert.deepEqual(final.map((message) => message._id), ids);
  console.log(`${at_the_kill} of ${count} mutations were acknowledged when the server was killed`);

  // The subscriptions of both clients go on where they were.
  const again = new Watched(other, list, { room: counted });
  await again.until((told) => told?.length === count, "the messages, after the kill");
  await http.mutation(send, { room: counted, content: "after" });
  await again.until((told) => told.length === count + 1, "a message after the kill");
  await kept.until((told) => told.length === count + 1, "a message after the kill");

  // Killed again and again, with a mutation on its way each time.
  for (let round = 0; round < 3; ++round) {
    const sent = one.mutation(send, { room: counted, content: `round ${round}` });
    await new Promise((resolve) => setTimeout(resolve, round));
    await server.kill();
    server = await start(server.port);
    await sent;
  }
  const told = await kept.until((told) => told.length === count + 4, "one message of each round");
  assert.deepEqual(contents(told).slice(-3), ["round 0", "round 1", "round 2"]);
  assert.equal((await http.query(list, { room: counted })).length, count + 4);

  // A server that ends says goodbye; a client that ends does no harm.
  await other.close();
  assert.equal(await server.end(), 0);
}

run(main);
