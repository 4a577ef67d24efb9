import { Simulation, type SimulationOptions } from '../simulation.ts';
import type { SimMessage } from '../world/message.ts';
import { DEFAULT_PARAMETERS } from '../world/parameters.ts';

const NO_FAULTS = { duplicates: 0, late: 0, outOfOrder: 0, malformed: 0, future: 0 };

/** A shop of 1,000 web events per simulated second, for tests and measurements. */
export function testOptions(change: Partial<SimulationOptions>): SimulationOptions {
  return {
    seed: '42',
    kind: 'bgnbd',
    parameters: DEFAULT_PARAMETERS,
    startMs: Date.UTC(2026, 9, 1),
    customers: 5_000,
    purchasesPerDay: 50 * 86_400,
    sessionGapMs: 500,
    fulfilmentMs: 10_000,
    streams: ['web', 'purchase'],
    faults: NO_FAULTS,
    count: 10_000,
    endMs: null,
    ...change,
  };
}

/** Runs a simulation to its end, in steps of simulated time. */
export function runSimulation(
  simulation: Simulation,
  startMs: number,
  chunks: { stepMs: number; limit: number } = { stepMs: 10_000, limit: 4_000 },
): SimMessage[] {
  const messages: SimMessage[] = [];
  for (let untilMs = startMs; !simulation.ended;) {
    const more = simulation.advance(untilMs, chunks.limit, messages);
    if (!more) untilMs += chunks.stepMs;
  }
  return messages;
}

export function messagesOf(options: SimulationOptions, chunks?: { stepMs: number; limit: number }): SimMessage[] {
  return runSimulation(new Simulation(options), options.startMs, chunks);
}
