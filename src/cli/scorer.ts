// Scores models by the command line's flags, for commands that score.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Mapping } from '../core/architectures/mapping.ts';
import type { EngineChoice } from '../core/engines/index.ts';
import { QKError } from '../core/errors.ts';
import type { LayerMetric } from '../core/inspection/index.ts';
import { conventionOf } from '../core/weights/convention.ts';
import type { AnalysisResult, Answers, ScoreEvent } from '../library/door.ts';
import { scoreEvents } from '../library/scoreModel.ts';
import { chooseModel, createNodeHandlers, hubAccess, THREAD_ENTRY } from '../node/index.ts';
import { readConvention } from './convention.ts';
import type { Terminal } from './terminal.ts';

/** Options of everything that scores, as Commander names them. */
export interface ScoringFlags {
  readonly engine: EngineChoice;
  readonly threads?: number;
  readonly metrics?: readonly LayerMetric[];
  readonly convention: string;
  readonly heads?: Answers['heads'];
  readonly map?: Mapping;
}

export interface Scorer {
  /** Scores one model, and reports how it goes. */
  score(model: string, onEvent: (event: ScoreEvent) => void): Promise<AnalysisResult>;
  /** Gives a model an identity before any weight is read: its commit on the hub, else its path and the SHA-256 of its headers. */
  identify(model: string): Promise<string>;
  /** The names of a repository's branches and tags. */
  revisions(repo: string): Promise<string[]>;
}

/** Makes what scores models by these flags; the engine is created once. */
export async function createScorer(terminal: Terminal, flags: ScoringFlags): Promise<Scorer> {
  const { env, signal } = terminal;
  const { engine, threads, metrics, heads, map } = flags;
  const convention = conventionOf(await readConvention(flags.convention));
  const handlers = await createNodeHandlers({
    ...{ env, engine, threads, threadEntry: THREAD_ENTRY },
    onLocalAnswer: (repo, { sha }) =>
      terminal.err(`${repo}: the hub wasn't reached; ${sha.slice(0, 7)} of its local cache is read.\n`),
  });
  const access = hubAccess(env);
  const requestOf = async (model: string) => ({
    ...access,
    choice: await chooseModel(model),
    ...{ engine, convention, metrics, answers: { heads, mapping: map } },
  });
  return {
    async score(model, onEvent) {
      let result: AnalysisResult | null = null;
      for await (const event of scoreEvents(handlers, await requestOf(model), signal)) {
        onEvent(event);
        if (event.type === 'done') result = event.result;
      }
      if (result === null) throw new QKError('internal', 'The run ended without a result.');
      return result;
    },
    async identify(model) {
      const request = await requestOf(model);
      const { choice } = request;
      if (choice.kind === 'hub') {
        const { repo, revision = 'main', weights } = choice;
        const file = weights === undefined ? '' : `/${weights.path}`;
        for await (const { sha } of handlers.revision({ ...access, repo, revision }, signal))
          return `${repo}${file}@${sha}`;
      }
      // Checkpoints of one run have the same headers: the place tells them apart.
      for await (const event of scoreEvents(handlers, { ...request, headersOnly: true }, signal))
        if (event.type === 'plan')
          return `${event.model.id}@${event.model.fingerprint?.slice(0, 16)}-${shortHash(path.resolve(model))}`;
      throw new QKError('internal', `${model} was opened without a plan.`);
    },
    async revisions(repo) {
      for await (const refs of handlers.refs({ ...access, repo }, signal))
        return refs.map(({ name }) => name);
      return [];
    },
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
