// Event stores for Node under the workload of bench/workload, driven by bench/compare/peer_process.cpp:
//   node peer.mjs <kind> <pool.json> [<connection string>]
// A line on standard input is a task, a line on standard output its result. The store is new, and ends with the process.
//   append <events a commit> <streams> <first> <step> <threads> <milliseconds> <commits at least>
//          → events a second, processor µs an event, then the µs of each commit if it was as long as that
//   fill <events> <streams>            → nothing that counts
//   replay <streams>                   → events a second, processor µs an event, the sums of the fold
//   read <streams> <how many> <round>  → µs a stream in the median, processor µs an event
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [kind, poolFile, connection] = process.argv.slice(2);
const pool = JSON.parse(readFileSync(poolFile, 'utf8'));
const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;
const nameOf = (stream) => `encounter-${String(stream).padStart(9, '0')}`;

// The fold, as in workload.hpp.
const kinds = ['slashing', 'piercing', 'bludgeoning', 'fire'];
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const nothing = () => ({ events: 0, numbers: 0, fractions: 0, letters: 0, flags: 0 });
function evolve(into, { type, data }) {
  ++into.events;
  switch (type) {
    case 'attack_resolved':
      into.numbers += data.attack_total + kinds.indexOf(data.kind) + sum(data.rolls);
      into.fractions += data.distance;
      into.letters += data.attacker.length + data.target.length + data.weapon.length + (data.note?.length ?? 0);
      into.flags += data.hit ? 1 : 0;
      break;
    case 'damage_taken':
      into.numbers += data.amount + data.hit_points_left + kinds.indexOf(data.kind);
      into.letters += data.target.length + data.source.length + data.reason.length;
      into.flags += data.critical ? 1 : 0;
      break;
    case 'moved':
      into.numbers += data.from_x + data.from_y + data.to_x + data.to_y + sum(data.costs);
      into.letters += data.who.length + data.terrain.length;
      into.flags += data.dashes ? 1 : 0;
      break;
    case 'spell_cast':
      into.numbers += data.slot;
      into.fractions += data.range;
      into.letters += data.caster.length + data.spell.length + sum(data.targets.map((target) => target.length));
      into.flags += data.concentration ? 1 : 0;
      break;
    case 'note_taken':
      into.letters += data.by.length + data.text.length;
      break;
    default:
      throw new Error(`a type that nobody wrote: ${type}`);
  }
  return into;
}
const join = (into, other) => {
  for (const key of Object.keys(into)) into[key] += other[key];
  return into;
};

// The commits, as commit_source of workload.hpp makes them; its random numbers are drawn beforehand.
const draws = new Uint32Array(1 << 17);
for (let i = 0, random = 42n; i < draws.length; ++i) {
  random = BigInt.asUintN(64, random * 6364136223846793005n + 1442695040888963407n);
  draws[i] = Number(random >> 33n);
}
class CommitSource {
  constructor(streams, first, step) {
    Object.assign(this, { first, step, counts: new Uint32Array(Math.floor(streams / step)), turn: 0, drawn: 0 });
  }
  nextStream() {
    return (this.turn++ * 7919) % this.counts.length;
  }
  nextEvents(count) {
    const begin = draws[this.drawn++ % draws.length] % (pool.length - count);
    return pool.slice(begin, begin + count);
  }
  toOneStream(count) {
    const stream = this.nextStream();
    const before = this.counts[stream];
    this.counts[stream] += count;
    return { stream: this.first + stream * this.step, before, events: this.nextEvents(count) };
  }
  toManyStreams(count) {
    return this.nextEvents(count).map((event) => ({ stream: this.nextStream(), event }));
  }
}

// The stores, each as its documentation uses it.
async function openEmmett(store, replay) {
  return {
    append: (name, before, events) =>
      store.appendToStream(name, events, {
        expectedStreamVersion: before === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(before),
      }),
    read: async (name) => (await store.aggregateStream(name, { evolve, initialState: nothing })).state,
    replay,
  };
}

async function openEmmettInMemory() {
  const { getInMemoryEventStore } = await import('@event-driven-io/emmett');
  return openEmmett(getInMemoryEventStore());
}

async function openEmmettOnPostgreSQL() {
  const { getPostgreSQLEventStore, readMessagesBatch } = await import('@event-driven-io/emmett-postgresql');
  const { dumbo } = await import('@event-driven-io/dumbo');
  const store = getPostgreSQLEventStore(connection);
  const pool = dumbo({ connectionString: connection });
  await store.readStream('nobody'); // connects, and makes its tables
  return openEmmett(store, async () => {
    const state = nothing(); // as its consumers read
    for (let after = 0n; ; ) {
      const batch = await readMessagesBatch(pool.execute, { after, batchSize: 1000 });
      if (batch.messages.length === 0) return state;
      for (const message of batch.messages) evolve(state, message);
      after = batch.currentGlobalPosition;
    }
  });
}

async function openCastore() {
  const { EventStore, EventType } = (await import('@castore/core')).default;
  const { InMemoryEventStorageAdapter } = (await import('@castore/event-storage-adapter-in-memory')).default;
  const types = [...new Set(pool.map((event) => event.type))];
  const store = new EventStore({
    eventStoreId: 'FIGHTS',
    eventTypes: types.map((type) => new EventType({ type })),
    reducer: (state, { type, payload, aggregateId, version }) => ({
      sums: evolve(state?.sums ?? nothing(), { type, data: payload }),
      aggregateId,
      version,
    }),
    eventStorageAdapter: new InMemoryEventStorageAdapter(),
  });
  return {
    append: async (aggregateId, before, events) => {
      let version = before;
      for (const { type, data } of events) await store.pushEvent({ aggregateId, version: ++version, type, payload: data });
    },
    read: async (name) => (await store.getAggregate(name)).aggregate.sums,
  };
}

const opening = {
  'emmett-memory': openEmmettInMemory,
  'emmett-postgresql': openEmmettOnPostgreSQL,
  'castore-memory': openCastore,
}[kind];
const store = await opening();
const sources = new Map();

async function append([events, streams, first, step, threads, milliseconds, commits]) {
  const latencies = [];
  let count = 0;
  const used = process.cpuUsage();
  const begin = process.hrtime.bigint();
  const end = begin + BigInt(milliseconds) * 1000000n;
  await Promise.all(
    Array.from({ length: threads }, async (_, t) => {
      const key = `${streams} ${first + t} ${step}`;
      if (!sources.has(key)) sources.set(key, new CommitSource(streams, first + t, step));
      const source = sources.get(key);
      for (let now = begin; now < end || count < commits; ++count) {
        const { stream, before, events: some } = source.toOneStream(events);
        await store.append(nameOf(stream), before, some);
        if (milliseconds === 0) continue;
        const done = process.hrtime.bigint();
        latencies.push(Number(done - now) / 1e3);
        now = done;
      }
    }),
  );
  const took = seconds(begin);
  const { user, system } = process.cpuUsage(used);
  return [(count * events) / took, (user + system) / (count * events), ...latencies];
}

// One append for each stream, with the events that it would get in turns with the others: the same streams in the end.
async function fill([events, streams]) {
  const source = new CommitSource(streams, 0, 1);
  const all = Array.from({ length: streams }, () => []);
  for (let done = 0; done < events; done += 100)
    for (const { stream, event } of source.toManyStreams(100)) all[stream].push(event);
  for (let stream = 0; stream < streams; ++stream) await store.append(nameOf(stream), 0, all[stream]);
  return [0];
}

// Stream by stream where there is no way to read all of them.
async function replayStreams(streams) {
  const state = nothing();
  for (let stream = 0; stream < streams; ++stream) join(state, await store.read(nameOf(stream)));
  return state;
}

async function replay([streams]) {
  const used = process.cpuUsage();
  const begin = process.hrtime.bigint();
  const state = await (store.replay ? store.replay() : replayStreams(streams));
  const took = seconds(begin);
  const { user, system } = process.cpuUsage(used);
  return [state.events / took, (user + system) / state.events, ...Object.values(state)];
}

async function read([streams, count, round]) {
  const each = [];
  let events = 0;
  let random = BigInt(round) + 1n;
  const used = process.cpuUsage();
  for (let i = 0; i < count; ++i) {
    random = BigInt.asUintN(64, random * 6364136223846793005n + 1442695040888963407n);
    const name = nameOf(Number((random >> 33n) % BigInt(streams)));
    const begin = process.hrtime.bigint();
    const state = await store.read(name);
    each.push(seconds(begin) * 1e6);
    events += state.events;
  }
  if (events !== count * 50) throw new Error('a stream has another length');
  const { user, system } = process.cpuUsage(used);
  return [each.sort((a, b) => a - b)[Math.floor(count / 2)], (user + system) / events];
}

const tasks = { append, fill, replay, read };
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...numbers] = line.split(' ');
  console.log((await tasks[what](numbers.map(Number))).join(' '));
}
process.exit(0); // pools of connections would keep it
