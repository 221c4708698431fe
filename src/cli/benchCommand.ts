// qkscope bench: the page's timing comparison in the terminal.
import { reportToMarkdown } from '../core/benchmark/index.ts';
import { METHODS, type Method } from '../core/engines/index.ts';
import { QKError } from '../core/errors.ts';
import { type BenchmarkReport, SCOPE_NAMES } from '../core/result/index.ts';
import { formatSeconds } from '../figures/format.ts';
import { chooseModel, createNodeHandlers, hubAccess, THREAD_ENTRY } from '../node/index.ts';
import type { BenchmarkRequest, BenchmarkSubject } from '../worker/protocol.ts';
import { EXIT } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

export interface BenchFlags {
  readonly shape: string;
  readonly engines: string;
  readonly methods?: string;
  readonly scopes: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const ENGINE_KEYS = ['wasm', 'wasm-one-thread', 'reference', 'webgpu'] as const;

/** Times what the flags name; the table goes to stdout as Markdown, or the report as JSON. */
export async function benchCommand(
  terminal: Terminal,
  model: string | undefined,
  flags: BenchFlags,
): Promise<number> {
  const { env, signal, canRewrite } = terminal;
  const engines = listed(flags.engines, ENGINE_KEYS, '--engines');
  const handlers = await createNodeHandlers({
    ...{ env, threads: flags.threads, threadEntry: THREAD_ENTRY },
    engine: engines.includes('webgpu') ? 'webgpu' : 'wasm',
  });
  const request: BenchmarkRequest = {
    ...hubAccess(env),
    subject: await subjectOf(model, flags.shape),
    engines,
    methods: flags.methods === undefined ? [] : listed<Method>(flags.methods, METHODS, '--methods'),
    scopes: listed(flags.scopes, SCOPE_NAMES, '--scopes'),
    region: 'kernel',
    // Whoever starts it in a terminal can stop it there.
    confirmed: true,
  };
  let report: BenchmarkReport | null = null;
  for await (const event of handlers.benchmark(request, signal)) {
    if (event.type === 'progress' && canRewrite) {
      const left = event.msLeft === null ? '' : `, ${formatSeconds(event.msLeft)} left`;
      terminal.err(`\r\u001b[2K${event.done} of ${event.total}${left}: ${event.now}`);
    }
    if (event.type === 'done') report = event.report;
  }
  if (canRewrite) terminal.err('\r\u001b[2K');
  if (report === null) throw new QKError('internal', 'The benchmark ended without a report.');
  terminal.out(flags.json ? `${JSON.stringify(report, null, 2)}\n` : reportToMarkdown(report));
  return report.rows.length === 0 ? EXIT.failed : EXIT.done;
}

async function subjectOf(model: string | undefined, shape: string): Promise<BenchmarkSubject> {
  if (model !== undefined) return { kind: 'model', choice: await chooseModel(model), name: model };
  const [layers, heads, dModel, dHead, ...more] = shape.split(',').map(Number);
  const sizes = [layers, heads, dModel, dHead];
  if (more.length > 0 || !sizes.every((size) => Number.isSafeInteger(size) && size! > 0))
    throw refused('--shape', shape, 'four whole numbers: layers, heads, width of the model, width of a head');
  return {
    kind: 'synthetic',
    shape: { layers: layers!, heads: heads!, kvHeads: heads!, dModel: dModel!, dHead: dHead! },
    seed: 1,
  };
}

function listed<T extends string>(text: string, known: readonly T[], flag: string): T[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word.trim());
    if (found === undefined) throw refused(flag, word, `one of ${known.join(', ')}`);
    return found;
  });
}

function refused(flag: string, given: string, wanted: string): QKError {
  return new QKError('bad-model-id', `${flag} can't be “${given}”.`, {
    where: flag,
    hint: `Give it ${wanted}.`,
  });
}
