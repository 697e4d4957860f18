// Turns of the event loop in a flood: connections queue for the next one, and new connections that come too fast are a rush.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as endTurn, setTimeout } from 'node:timers/promises';
import { createTurns } from '../../src/listener/turns.ts';

/** Connections that note in `read` when they are read again. */
function createConnections(count: number): {
  readonly read: number[];
  readonly connections: { isPaused: boolean; pause(): void; resume(): void }[];
} {
  const read: number[] = [];
  const connections = Array.from({ length: count }, (_, i) => ({
    isPaused: false,
    pause() {
      this.isPaused = true;
    },
    resume() {
      this.isPaused = false;
      read.push(i);
    },
  }));
  return { read, connections };
}

test('connections queue behind 64 requests in one turn, and four of them are read again in each later turn, in order', async () => {
  const turns = createTurns();
  const { read, connections } = createConnections(10);
  for (let i = 0; i < 64; i++) turns.countRequest();
  for (const connection of connections) turns.queue(connection);
  assert.equal(connections.filter(({ isPaused }) => isPaused).length, 0);

  turns.countRequest();
  for (const connection of connections) turns.queue(connection);
  assert.equal(connections.filter(({ isPaused }) => isPaused).length, 10);
  if (connections[1] !== undefined) turns.drop(connections[1]);
  await endTurn();
  assert.deepEqual(read, [0, 2, 3, 4]);
  turns.queue(connections[0] ?? assert.fail());
  await endTurn();
  assert.deepEqual(read.slice(4), [5, 6, 7, 8]);
  await endTurn();
  assert.deepEqual(read.slice(8), [9, 0]);

  turns.countRequest();
  turns.queue(connections[0] ?? assert.fail());
  assert.equal(connections[0]?.isPaused, false);
});

test('a new connection in each turn is a rush, until as many turns had none; four requests fill a turn then', async () => {
  const turns = createTurns();
  const [connection = assert.fail()] = createConnections(1).connections;
  for (let i = 0; i < 40; i++) {
    turns.countConnection();
    await endTurn();
  }
  assert.equal(turns.isRush(), true);
  for (let i = 0; i < 4; i++) turns.countRequest();
  turns.queue(connection);
  assert.equal(connection.isPaused, false);
  turns.countRequest();
  turns.queue(connection);
  assert.equal(connection.isPaused, true);
  for (let i = 0; i < 40; i++) await endTurn();
  assert.equal(turns.isRush(), false);
});

test('a new connection in every second turn is no rush', async () => {
  const turns = createTurns();
  for (let i = 0; i < 200; i++) {
    turns.countConnection();
    await endTurn();
    await endTurn();
  }
  assert.equal(turns.isRush(), false);
});

test('a rush is over once no connection has come for a while, though the event loop stood still', async () => {
  const turns = createTurns();
  for (let i = 0; i < 40; i++) {
    turns.countConnection();
    await endTurn();
  }
  assert.equal(turns.isRush(), true);
  await setTimeout(150);
  assert.equal(turns.isRush(), false);
  turns.countConnection();
  assert.equal(turns.isRush(), false);
});
