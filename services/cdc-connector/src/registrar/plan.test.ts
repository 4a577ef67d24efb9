import { describe, expect, it } from 'vitest';
import { loadConnectorConfig } from '../config.ts';
import { connectorDefinition } from '../connect/definition.ts';
import { config, connectorStatus, connectState, epochRow, postgresState, slot, tables } from '../testing/states.ts';
import { plan } from './plan.ts';

const kinds = (...args: Parameters<typeof plan>): string[] => plan(...args).map((action) => action.kind);

describe('an epoch', () => {
  it('begins at the first start, above the numbers of other databases of the server', () => {
    const fresh = postgresState({ epochs: [], slots: [slot({ name: 'ebb_cdc_4', isOurs: false })] });
    expect(plan(config, fresh, connectState({}, null))).toEqual([
      { kind: 'begin_epoch', epoch: 5, reason: 'first start' },
    ]);
  });

  it('goes on while all is well', () => {
    expect(plan(config, postgresState(), connectState())).toEqual([]);
  });

  it.each([
    ['the slot is gone', postgresState({ slots: [] }), connectState(), /ebb_cdc_1 is gone/],
    ['the slot is another database’s', postgresState({ slots: [slot({ isOurs: false })] }), connectState(), /is gone/],
    ['the slot lost its log', postgresState({ slots: [slot({ walStatus: 'lost' })] }), connectState(), /lost its log/],
    [
      'the slot was invalidated',
      postgresState({ slots: [slot({ invalidationReason: 'idle_timeout' })] }),
      connectState(),
      /idle_timeout/,
    ],
    ['another cluster answers', postgresState({ systemIdentifier: 'B' }), connectState(), /another database cluster/],
    [
      'the database is older than the connector’s position',
      postgresState(),
      connectState(undefined, { lsn: 1_001n, isSnapshotComplete: true }),
      /went back in time \(the connector was at 0\/3E9/,
    ],
    ['Connect forgot the position', postgresState(), connectState(undefined, null), /lost the position/],
    [
      'the slot was made anew behind our back',
      postgresState(),
      connectState({
        'ebb-cdc-1': connectorStatus({
          tasks: [{ id: 0, state: 'FAILED', trace: 'DebeziumException: … this is no longer available on the server.' }],
        }),
      }),
      /begins after the position/,
    ],
    ['somebody asked', postgresState({ epochs: [epochRow({ retiredAt: new Date() })] }), connectState(), /asked for/],
  ])('rises when %s', (_, postgres, connect, reason) => {
    expect(plan(config, postgres, connect)).toEqual([
      { kind: 'begin_epoch', epoch: 2, reason: expect.stringMatching(reason) as string },
    ]);
  });

  it('rises to the number that is demanded', () => {
    const demanding = loadConnectorConfig({
      EBB_POSTGRES_URL: 'postgres://a@b/c',
      EBB_KAFKA_BROKERS: 'k:1',
      EBB_CONNECT_URL: 'http://c',
      EBB_CDC_MIN_EPOCH: '9',
    });
    expect(plan(demanding, postgresState(), connectState())).toMatchObject([{ kind: 'begin_epoch', epoch: 9 }]);
  });

  it('is not over while its slot is still to be made, or its first position still to be written', () => {
    const young = postgresState({ slots: [], epochs: [epochRow({ slotSeenAt: null, snapshotCompletedAt: null })] });
    expect(plan(config, young, connectState(undefined, null))).toEqual([]);
  });

  it('clears away what earlier ones left, and nothing of anybody else', () => {
    const postgres = postgresState({
      epochs: [epochRow({ epoch: 1, retiredAt: new Date() }), epochRow({ epoch: 2 })],
      slots: [
        slot(),
        slot({ name: 'ebb_cdc_2' }),
        slot({ name: 'other' }),
        slot({ name: 'ebb_cdc_9', isOurs: false }),
        slot({ name: 'ebb_cdc_x' }),
      ],
    });
    const current = connectorStatus({ config: connectorDefinition(config, 2, []) });
    const connect = connectState({ 'ebb-cdc-1': connectorStatus(), 'ebb-cdc-2': current, other: connectorStatus() });
    expect(plan(config, postgres, connect)).toEqual([
      { kind: 'remove_connector', name: 'ebb-cdc-1' },
      { kind: 'drop_slot', slot: 'ebb_cdc_1', activePid: 7 },
    ]);
  });
});

describe('the connector', () => {
  it('is made at rest when it is missing, and then started', () => {
    expect(plan(config, postgresState(), connectState({}, null))).toMatchObject([
      { kind: 'create_connector', name: 'ebb-cdc-1' },
    ]);
    const stopped = connectState({ 'ebb-cdc-1': connectorStatus({ state: 'STOPPED', tasks: [] }) });
    expect(plan(config, postgresState(), stopped)).toEqual([{ kind: 'set_state', name: 'ebb-cdc-1', state: 'resume' }]);
  });

  it('gets its settings back when somebody changed them', () => {
    const changed = { ...connectorDefinition(config, 1, []), 'skipped.operations': 't', extra: 'x' };
    expect(
      plan(config, postgresState(), connectState({ 'ebb-cdc-1': connectorStatus({ config: changed }) })),
    ).toMatchObject([{ kind: 'configure_connector', changed: ['extra', 'skipped.operations'] }]);
  });

  it('is started again when it or its task failed, with the causes', () => {
    const trace = 'ConnectException: outer\n\tat x\nCaused by: SocketException: inner\n\tat y';
    const failed = connectState({ 'ebb-cdc-1': connectorStatus({ tasks: [{ id: 0, state: 'FAILED', trace }] }) });
    expect(plan(config, postgresState(), failed)).toEqual([
      {
        kind: 'restart_failed',
        name: 'ebb-cdc-1',
        reason: 'ConnectException: outer | Caused by: SocketException: inner',
        lsn: 940n,
      },
    ]);
  });

  it('rests while it is to be paused, and only then', () => {
    const paused = connectState({ 'ebb-cdc-1': connectorStatus({ state: 'PAUSED' }) });
    expect(kinds(config, postgresState({ isPaused: true }), connectState())).toEqual(['set_state']);
    expect(kinds(config, postgresState({ isPaused: true }), paused)).toEqual([]);
    expect(plan(config, postgresState(), paused)).toEqual([{ kind: 'set_state', name: 'ebb-cdc-1', state: 'resume' }]);
  });
});

describe('a table', () => {
  it('without an immediate primary key is left out, alone', () => {
    const postgres = postgresState({ tables: tables('primary', 'none', 'deferrable') });
    const [action] = plan(config, postgres, connectState());
    const list = action?.kind === 'configure_connector' ? (action.definition['table.include.list'] ?? '') : '';
    const isCaptured = (name: string): boolean =>
      list.split(',').some((item) => new RegExp(`^(?:${item})$`).test(name));
    expect(
      ['crm.t1', 'crm.t2', 'crm.t3', 'crm.t20', 'sales.t2', 'ops.ddl_history', 'public.x'].map(isCaptured),
    ).toEqual([true, false, false, true, true, true, false]);
  });

  it('is read again on request, when the connector streams, and not where it cannot be', () => {
    const request = { condition: null, reason: 'x', epoch: null, requestedAt: new Date(), signalledAt: null };
    const resnapshots = ['crm.t1', 'crm.t2', 'crm.gone'].map((table, index) => ({
      ...request,
      id: BigInt(index),
      table,
    }));
    const postgres = postgresState({ tables: tables('primary', 'none'), resnapshots });
    const connect = connectState({
      'ebb-cdc-1': connectorStatus({ config: connectorDefinition(config, 1, ['crm.t2']) }),
    });
    const closed = [
      { kind: 'close_resnapshot', id: 1n, outcome: 'no_primary_key' },
      { kind: 'close_resnapshot', id: 2n, outcome: 'table_gone' },
    ];
    const next = { kind: 'read_next', of: [{ id: 0n, table: 'crm.t1', condition: null }] };
    expect(plan(config, postgres, connect)).toEqual([...closed, next]);
    // What came before its position is stored might be neither in the log nor in the table.
    const begun = { ...postgres, epochs: [epochRow({ snapshotCompletedAt: null })] };
    expect(plan(config, begun, connectState(Object.fromEntries(connect.connectors), null))).toEqual(closed);
    const busy = { ...request, id: 9n, table: 'crm.t1', signalledAt: new Date() };
    expect(plan(config, { ...postgres, resnapshots: [...resnapshots, busy] }, connect)).toEqual(closed);
    // Signals are read from the log that the slot keeps.
    const slotless = { ...postgres, epochs: [epochRow({ slotSeenAt: null, snapshotCompletedAt: null })], slots: [] };
    const young = connectState(Object.fromEntries(connect.connectors), null);
    expect(kinds(config, slotless, young)).toEqual(['close_resnapshot', 'close_resnapshot']);
  });
});

describe('what was seen', () => {
  it('is noted once', () => {
    const young = postgresState({ epochs: [epochRow({ slotSeenAt: null, snapshotCompletedAt: null })] });
    expect(plan(config, young, connectState())).toEqual([
      { kind: 'note_slot_seen', epoch: 1 },
      { kind: 'note_snapshot_completed', epoch: 1 },
    ]);
  });

  it('is a complete epoch when every table was read and a position is stored, not before', () => {
    const read = {
      id: 1n,
      table: 'crm.t1',
      condition: null,
      epoch: 1,
      requestedAt: new Date(),
      signalledAt: new Date(),
    };
    const epochs = [epochRow({ snapshotCompletedAt: null })];
    const reading = postgresState({ epochs, tables: tables('primary'), resnapshots: [{ ...read, reason: 'epoch 1' }] });
    expect(kinds(config, reading, connectState())).toEqual([]);
    expect(kinds(config, postgresState({ epochs }), connectState(undefined, null))).toEqual([]);
    const asked = { ...reading, resnapshots: [{ ...read, reason: 'asked for' }] };
    expect(kinds(config, asked, connectState())).toEqual(['note_snapshot_completed']);
  });
});
