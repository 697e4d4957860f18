// A crowd at the sign-in form: an attempt whose password was not looked at is given back, at each gate that has a form.
import assert from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { createDsmGate } from '../../../src/admin/gate/dsm-gate.ts';
import { createDsmJudge } from '../../../src/admin/gate/dsm-judge.ts';
import { createDsmLoginGate } from '../../../src/admin/gate/dsm-login-gate.ts';
import type { AdminGate } from '../../../src/admin/gate/gate.ts';
import { createPasswordGate } from '../../../src/admin/gate/password-gate.ts';
import { createWebApiGate } from '../../../src/admin/gate/webapi-gate.ts';
import { createTestClock } from '../../support/clock.ts';
import { createFolder, until } from '../../support/daemon.ts';
import { createFakePrograms } from '../../support/dsm-programs/dsm-programs.ts';
import { account, password, startFakeDsm } from '../../support/fake-dsm/fake-dsm.ts';
import { createTestLogger } from '../../support/logger.ts';
import { createTestSignIns } from '../../support/sign-ins.ts';
import { createForm, createVisitor, toWords } from '../../support/visitor.ts';

const patienceMs = 50;
const tooMany = { kind: 'unavailable', problem: 'too-many-at-once' };
const guess = { account, password: 'guess' };

const nas = {
  ca: undefined,
  fingerprint: undefined,
  insecure: false,
  deviceName: 'remotetask',
  session: undefined,
  versions: {},
};

/** Tries that get no slot, one after the other, more than an honest visitor has. */
async function tryInVain(gate: AdminGate, form: Partial<typeof guess>): Promise<void> {
  for (let n = 0; n < 12; n++)
    assert.deepEqual(await gate.signIn(createForm(form), createVisitor()), tooMany);
}

suite('a crowd at the form', { concurrency: true }, () => {
  test('password: tries that waited in vain are given back', async () => {
    const { promise: isOver, resolve: end } = Promise.withResolvers<boolean>();
    let isBusy = true;
    const isRight = async (typed: string): Promise<boolean> => (isBusy ? await isOver : typed === password);
    const gate = createPasswordGate({
      isRight,
      logger: createTestLogger().logger,
      clock: createTestClock(),
      patienceMs,
    });
    const held = gate.signIn(createForm(guess), createVisitor({ address: '10.0.0.1' }));
    await tryInVain(gate, { password });
    isBusy = false;
    end(false);
    assert.equal((await held).kind, 'refused');
    assert.equal((await gate.signIn(createForm({ password }), createVisitor())).kind, 'signed-in');
  });

  test('webapi: attempts that waited in vain are given back, and so is one whose proof DSM did not answer', async (t) => {
    const dsm = await startFakeDsm(t, { settings: { fault: () => 'hang' } });
    const gate = createWebApiGate({
      visitors: createTestSignIns({ nas: { ...nas, url: dsm.url } }).visitors,
      logger: createTestLogger().logger,
      clock: createTestClock(),
      patienceMs,
    });
    t.after(async () => await gate.close());
    const held = ['10.0.0.1', '10.0.0.2'].map((address) =>
      gate.signIn(createForm(guess), createVisitor({ address })),
    );
    await until(() => (dsm.calls.length === 2 ? true : undefined), 'both slots to be taken');
    await tryInVain(gate, { account, password });
    await dsm.down();
    await Promise.all(held);
    await dsm.up();
    for (const fault of ['cut', 'error 117'] as const) {
      dsm.set({ fault: ({ api }) => (api === 'SYNO.Core.Desktop.Initdata' ? fault : undefined) });
      for (let n = 0; n < 12; n++)
        assert.equal(
          (await gate.signIn(createForm({ account, password }), createVisitor())).kind,
          'unavailable',
          fault,
        );
    }
    dsm.set({ fault: () => undefined });
    assert.equal((await gate.signIn(createForm({ account, password }), createVisitor())).kind, 'signed-in');
  });

  test('dsm-login and dsm: tries that waited in vain are given back', async (t) => {
    const options = { accounts: { [account]: password }, groups: { [account]: '101' } };
    const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), options);
    const paths = { authenticateCgi: programs.authenticateCgi, loginCgi: programs.loginCgi, group: 101 };
    const parts = { logger: createTestLogger().logger, clock: createTestClock() };
    const { askPrograms } = createTestSignIns({
      programs: { programs: paths, id: programs.id, maxMs: 60_000 },
    });
    const judge = createDsmJudge({ askPrograms, patienceMs, ...parts });
    const gate = createDsmLoginGate({ judge, ...parts });
    const { promise: isOver, resolve: end } = Promise.withResolvers<{ kind: 'answered'; value: boolean }>();
    const held = [1, 2].map(() => judge.ask(async () => await isOver));
    await tryInVain(gate, { account, password });
    const admit = async (n: number): Promise<string> =>
      toWords(await createDsmGate(judge).admit(createVisitor({ cookieHeader: `id=session${n}` })));
    for (let n = 0; n < 12; n++)
      assert.equal(await admit(n), 'DSM was not asked: earlier questions are not answered yet');
    end({ kind: 'answered', value: true });
    await Promise.all(held);
    assert.equal(await admit(99), 'DSM knows no such session from this address');
    assert.equal((await gate.signIn(createForm({ account, password }), createVisitor())).kind, 'signed-in');
  });
});
