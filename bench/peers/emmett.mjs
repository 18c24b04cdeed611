// One turn of Emmett, as its documentation uses it: node emmett.mjs <connection string> <what> <number> [<number>]
//   append <events a commit> <milliseconds>   events a second, to one stream, its version expected
//   fill <streams> <events of each>           nothing
//   replay <events>                           events a second, of all, in its batches
//   stream <reads> <streams>                  streams a second, out of those that fill made
import { getPostgreSQLEventStore, readMessagesBatch } from '@event-driven-io/emmett-postgresql';

const [connection, what, first, second] = process.argv.slice(2);
const store = getPostgreSQLEventStore(connection);
const event = () => ({
  type: 'money_moved',
  data: { cents: 1250, reason: 'groceries, and a newspaper', balance: 99321.25, by: 'ada' },
});
const some = (count) => Array.from({ length: count }, event);
const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;

async function turn() {
  if (what === 'append') {
    const stream = `account-${process.pid}-${Date.now()}`;
    let version = 0n;
    await store.appendToStream(stream, [event()]); // connects, and makes its tables
    version += 1n;
    let events = 0;
    const begin = process.hrtime.bigint();
    while (seconds(begin) * 1000 < Number(second)) {
      const batch = some(Number(first));
      const done = await store.appendToStream(stream, batch, { expectedStreamVersion: version });
      version = done.nextExpectedStreamVersion;
      events += batch.length;
    }
    return events / seconds(begin);
  }
  if (what === 'fill') {
    for (let i = 0; i < Number(first); ++i) await store.appendToStream(`filled-${i}`, some(Number(second)));
    return 0;
  }
  if (what === 'stream') {
    const count = Number(first);
    await store.readStream('filled-0');
    const begin = process.hrtime.bigint();
    for (let i = 0; i < count; ++i) {
      const { events } = await store.readStream(`filled-${(i * 7919) % Number(second)}`);
      if (events.length === 0) throw new Error('the stream is empty');
    }
    return count / seconds(begin);
  }
  // replay: as its consumers read
  const { dumbo } = await import('@event-driven-io/dumbo');
  const pool = dumbo({ connectionString: connection });
  let after = 0n;
  let events = 0;
  const begin = process.hrtime.bigint();
  while (events < Number(first)) {
    const batch = await readMessagesBatch(pool.execute, { after, batchSize: 1000 });
    if (batch.messages.length === 0) break;
    events += batch.messages.length;
    after = batch.currentGlobalPosition;
  }
  const rate = events / seconds(begin);
  await pool.close();
  return rate;
}

console.log(await turn());
await store.close();
