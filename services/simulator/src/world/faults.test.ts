import { describe, expect, test } from 'vitest';
import { Simulation } from '../simulation.ts';
import { messagesOf, runSimulation, testOptions } from '../testing/simulation-fixture.ts';
import type { SimMessage } from './message.ts';

const faults = { duplicates: 0.05, late: 0.04, outOfOrder: 0.1, malformed: 0.02, future: 0.03 };
const options = testOptions({ count: 10_000, faults });

function disturbed(): { simulation: Simulation; messages: SimMessage[] } {
  const simulation = new Simulation(options);
  return { simulation, messages: runSimulation(simulation, options.startMs) };
}

describe('faults', () => {
  const { simulation, messages } = disturbed();
  const clean = messagesOf(testOptions({ count: 10_000 }));
  const { counts } = simulation;

  test('lose and change no event: without garbage and repeats the same events remain', () => {
    const kept = new Map(messages.filter((m) => m.eventId !== null).map((m) => [m.eventId, m.value]));
    expect([...kept.values()].toSorted()).toEqual(clean.map((m) => m.value).toSorted());
  });

  test('come in the shares asked for and are counted', () => {
    const perEvent = (count: number): number => count / clean.length;
    expect(perEvent(counts.duplicates)).toBeCloseTo(0.05, 1.7);
    expect(perEvent(counts.late)).toBeCloseTo(0.04, 1.7);
    expect(perEvent(counts.outOfOrder)).toBeCloseTo(0.1, 1.5);
    expect(perEvent(counts.malformed)).toBeCloseTo(0.02, 1.7);
    expect(messages).toHaveLength(clean.length + counts.duplicates + counts.malformed + counts.future);
  });

  test('put events out of order, some by more than a minute', () => {
    let latest = 0;
    let overtaken = 0;
    for (const { timeMs } of messages) {
      if (timeMs < latest) overtaken += 1;
      latest = Math.max(latest, timeMs);
    }
    expect(overtaken).toBeGreaterThan(500);
  });

  test('repeat byte for byte', () => {
    const ids = messages.flatMap((m) => m.eventId ?? []);
    expect(ids.length - new Set(ids).size).toBe(counts.duplicates);
  });

  test('date events years ahead under ids of their own', () => {
    const ahead = messages.filter((m) => m.eventId === null && /"event_timestamp":"2036/.test(m.value));
    expect(ahead).toHaveLength(counts.future);
  });
});
