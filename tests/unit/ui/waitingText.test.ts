import { describe, expect, it } from 'vitest';
import type { PlannedStack } from '../../../src/core/analysis/index.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { waitsFor } from '../../../src/ui/models/waitingText.ts';
import { type Quiet, quietText } from '../../../src/ui/widgets/quietText.ts';

const HUB = { kind: 'hub', repo: 'o/m' } as unknown as ModelState['choice'];
const LOCAL = { kind: 'local', files: [] } as const;
const quiet = (seconds: number, workerSeconds = 0): Quiet => ({ seconds, workerSeconds });
const waitingText = (model: ModelState, now: Quiet) =>
  quietText(waitsFor(model, 'https://hub.example:8080/'), now);
/** Two layers of 100 bytes each. */
const running = (choice: ModelState['choice'], read: number, scored: number): ModelState => ({
  ...openingModel(1, choice, 'm'),
  status: 'running',
  engine: { id: 'webgpu', device: 'Apple M2', reason: '' },
  bytes: { read, needed: 200, planned: 200, file: 1000 },
  stacks: [
    { layers: [0, 1].map((layer) => ({ layer, heads: layer < scored ? [{ head: 0 }] : [] })) },
  ] as unknown as PlannedStack[],
});

describe('what a model waits for', () => {
  it('is said once nothing has come for three seconds', () => {
    const model = openingModel(1, HUB, 'm');
    expect(waitingText(model, quiet(2))).toBeNull();
    expect(waitingText(model, quiet(3))).toBe('Waiting for the background worker, for 3 s.');
  });

  it.each([
    ['files', 'Waiting for hub.example:8080 to list the model’s files, for 4 s.'],
    ['headers', 'Waiting for hub.example:8080 to give the files’ headers, for 4 s.'],
    ['engine', 'Waiting for the browser to start an engine, for 4 s.'],
  ] as const)('is named before the plan is known: %s', (waitsFor, text) => {
    expect(waitingText({ ...openingModel(1, HUB, 'm'), waitsFor }, quiet(4))).toBe(text);
  });

  it('is who sends the bytes while the engine has no whole layer', () => {
    expect(waitingText(running(HUB, 0, 0), quiet(9))).toBe(
      'Waiting for hub.example:8080 to give the next bytes, for 9 s.',
    );
    expect(waitingText(running(LOCAL, 150, 1), quiet(9))).toBe(
      'Waiting for the browser and its disk to give the next bytes, for 9 s.',
    );
  });

  it('is the engine while it has a whole layer', () => {
    const text = 'Waiting for the GPU (Apple M2) to score a layer, for 9 s.';
    expect(waitingText(running(HUB, 100, 0), quiet(9))).toBe(text);
    expect(waitingText(running(HUB, 200, 1), quiet(9))).toBe(text);
  });

  it('is the worker where it answers no ping, and Cancel is named as the way on', () => {
    expect(waitingText(running(HUB, 0, 0), quiet(9, 4))).toContain('next bytes');
    expect(waitingText(running(HUB, 0, 0), quiet(9, 5))).toBe(
      'The background worker hasn’t answered for 5 s: it is busy, or has stopped. Cancel starts it again.',
    );
  });
});
