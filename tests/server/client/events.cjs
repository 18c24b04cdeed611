// Server-sent events as pages read them, from server.chat: node events.cjs <folder with node_modules> <server.chat>
// Node 18 has no EventSource; this reads what `fetch` brings by the rules of the HTML standard, and comes back by itself.
const assert = require("node:assert/strict");
const { client, named, run, start } = require("./server.cjs");
const { ConvexHttpClient } = client("convex/browser");

class Events {
  constructor(url) {
    this.url = url;
    this.heard = [];
    this.failed = null;
    this.connections = 0;
    this.waiting = [];
    this.lastId = "";
    this.pause = 3000;
    this.running = this.#run();
  }
  async #run() {
    while (!this.closed) {
      this.abort = new AbortController();
      try {
        const headers = { Accept: "text/event-stream", ...(this.lastId && { "Last-Event-ID": this.lastId }) };
        const response = await fetch(this.url, { headers, signal: this.abort.signal, cache: "no-store" });
        if (response.status !== 200 || response.headers.get("content-type") !== "text/event-stream") {
          this.failed = { status: response.status, body: await response.text() };
          this.#look();
          return; // as the standard says: for good
        }
        ++this.connections;
        await this.#read(response.body);
      } catch (error) {
        if (this.closed) return;
      }
      if (!this.closed) await new Promise((resolve) => setTimeout(resolve, this.pause));
    }
  }
  async #read(body) {
    let text = "";
    let data = "";
    let id = this.lastId;
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true });
      for (let end = text.search(/\r\n?|\n/); end >= 0; end = text.search(/\r\n?|\n/)) {
        const line = text.slice(0, end);
        text = text.slice(end + (text.startsWith("\r\n", end) ? 2 : 1));
        if (line === "") {
          this.lastId = id;
          if (data) this.heard.push({ lastEventId: id, data: data.slice(0, -1) });
          data = "";
          this.#look();
        }
        const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
        if (field === "data") data += `${value}\n`;
        if (field === "id") id = value;
        if (field === "retry") this.pause = Number(value);
      }
    }
  }
  #look() {
    for (const look of [...this.waiting]) look();
  }
  /** The events, once there are so many. */
  async until(count) {
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.heard.length} of ${count} events after 60 s`)), 60_000);
      const look = () => {
        if (this.heard.length < count && !this.failed) return;
        clearTimeout(late);
        this.waiting = this.waiting.filter((other) => other !== look);
        resolve();
      };
      this.waiting.push(look);
      look();
    });
    return this.heard.map((event) => JSON.parse(event.data));
  }
  async close() {
    this.closed = true;
    this.abort.abort();
    await this.running;
  }
}

async function main() {
  let server = await start();
  const convex = new ConvexHttpClient(server.url);
  const room = await convex.mutation(named("rooms:open"), { title: "a room" });
  const send = (content) => convex.mutation(named("messages:send"), { room, content }, { skipQueue: true });
  await send("é \u2028 \u{1f600} \n \r data: x");

  const all = new Events(`${server.url}/api/events?from=1`);
  const [opened, said] = await all.until(2);
  assert.deepEqual({ type: opened.type, stream: opened.stream, position: opened.position, data: opened.data },
    { type: "room_opened", stream: `room-${room}`, position: 1, data: { id: room, title: "a room" } });
  assert.equal(said.data.content, "é \u2028 \u{1f600} \n \r data: x");
  assert.equal(all.heard[1].lastEventId, "2");

  // The state at a timestamp, and what has happened since: the timestamp of a query is the position of the log.
  const { ts } = await (await fetch(`${server.url}/api/query_ts`, { method: "POST" })).json();
  const since = new Events(`${server.url}/api/events?from=${Buffer.from(ts, "base64").readBigUInt64LE() + 1n}&stream=room-${room}`);
  await send("since");
  assert.equal((await since.until(1))[0].data.content, "since");

  // The server is killed while messages are on their way: who comes back misses nothing and hears nothing twice.
  const count = 300;
  const sent = Array.from({ length: count }, (_, i) => send(i).then(() => true, () => false));
  await all.until(20);
  await server.kill();
  const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
  server = await start(server.port);
  const now = new ConvexHttpClient(server.url);
  await now.mutation(named("messages:send"), { room, content: "the end" });
  const listed = await now.query(named("messages:list"), { room });
  assert.ok(listed.length >= acknowledged + 3);
  const heard = await all.until(listed.length + 1);
  assert.deepEqual(heard.slice(1).map((event) => event.data.content), listed.map((message) => message.content));
  assert.deepEqual(heard.map((event) => event.position), heard.map((_, i) => i + 1));
  assert.equal(all.connections, 2);
  assert.equal((await since.until(listed.length - 1)).length, listed.length - 1);
  console.log(`${acknowledged} of ${count} messages were acknowledged when the server was killed`);

  // What cannot be is said in words, and for good.
  const wrong = new Events(`${server.url}/api/events?from=yesterday`);
  await wrong.until(1);
  assert.equal(wrong.failed.status, 400);
  assert.match(wrong.failed.body, /`from` is no position/);

  const ended = server.end();
  assert.equal(await ended, 0); // with two readers at the time
  await all.close();
  await since.close();
}

run(main);
