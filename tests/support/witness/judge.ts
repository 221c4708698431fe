import type { AnalysisEvent, LayoutQuestion } from '../../../src/core/analysis/events.ts';
import type { LayoutOverrides } from '../../../src/core/architectures/inferLayout.ts';
import type { Mapping } from '../../../src/core/architectures/mapping.ts';
import type { StackResult } from '../../../src/core/result/result.ts';
import { analyseLocal } from '../analyseLocal.ts';
import { namesOf, type TrueStack, type Truth } from './model.ts';
import type { Outcome, Variant, Words } from './variant.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** Why it isn't one of the outcomes that are allowed; null where all is well. */
  readonly fault: string | null;
}

const MAX_QUESTIONS = 5;

/** Opens a variant, answers what it asks by the truth, and holds what comes of it against what is allowed. */
export async function judge(variant: Variant): Promise<Verdict> {
  const asked: LayoutQuestion[] = [];
  let answers: LayoutOverrides = {};
  for (let round = 0; round <= MAX_QUESTIONS; round++) {
    const events = await analyseLocal(variant.files(), { answers });
    const last = events.at(-1);
    if (last?.type === 'failed') {
      const { message, where, hint } = last.error;
      const said = [message, where, hint].filter((text) => text !== undefined).join(' ');
      if (asked.length > 0)
        return wrong('question', `After the right answer to “${asked.at(-1)!.why}”: ${said}`);
      return ruled(variant, 'refusal', said);
    }
    if (last?.type === 'question') {
      const { question } = last;
      asked.push(question);
      const next = answerOf(question, variant, answers);
      if (typeof next === 'string') return wrong('question', `${next} (${question.why})`);
      answers = next;
      continue;
    }
    if (last?.type !== 'done') return wrong('scores', `It ended with ${last?.type}.`);
    const compared = compare(
      last.result.stacks,
      variant,
      asked.some(({ kind }) => kind === 'mapping'),
    );
    if (compared.fault !== null) return wrong(asked.length > 0 ? 'question' : 'scores', compared.fault);
    if (asked.length > 0) return ruled(variant, 'question', asked.map(({ why }) => why).join(' '));
    if (compared.hatched.length > 0) return ruled(variant, 'hatch', compared.hatched.join(' '));
    return withNotes(variant, last);
  }
  return wrong('question', `It asks again and again: ${asked.map(({ why }) => why).join(' ')}`);
}

function withNotes(variant: Variant, { result }: Extract<AnalysisEvent, { type: 'done' }>): Verdict {
  const verdict = ruled(variant, 'scores', '');
  const layerNotes = result.stacks.flatMap(({ layers }) => layers.map(({ note }) => note ?? ''));
  const notes = [...result.notes, ...layerNotes, ...result.stacks.map(({ name }) => name)].join(' ');
  const unsaid = missing(notes, variant.note ?? []);
  return verdict.fault === null && unsaid !== undefined
    ? wrong('scores', `No note says ${unsaid}: “${notes}”`)
    : verdict;
}

function ruled(variant: Variant, outcome: Outcome, said: string): Verdict {
  if (!variant.allowed.includes(outcome)) return wrong(outcome, `${outcome} isn't allowed. ${said}`);
  if (outcome === 'scores') return { outcome, fault: null };
  const unsaid = missing(said, variant.words ?? []);
  if (unsaid !== undefined) return wrong(outcome, `The ${outcome} doesn't say ${unsaid}: “${said}”`);
  const never = variant.neverSaid?.find((text) => said.includes(text));
  return never === undefined
    ? { outcome, fault: null }
    : wrong(outcome, `The ${outcome} says “${never}”: “${said}”`);
}

function wrong(outcome: Outcome, fault: string): Verdict {
  return { outcome, fault };
}

function missing(said: string, words: readonly Words[]): string | undefined {
  const absent = words.find(
    (word) => !(typeof word === 'string' ? [word] : word).some((one) => said.includes(one)),
  );
  return absent === undefined
    ? undefined
    : typeof absent === 'string'
      ? `“${absent}”`
      : `any of “${absent.join('”, “')}”`;
}

/** The right answer, or why the question doesn't hold it. */
function answerOf(
  question: LayoutQuestion,
  { model, truth }: Variant,
  given: LayoutOverrides,
): LayoutOverrides | string {
  if (question.kind === 'heads') {
    const name = question.stack.replace(/ \(.*\)$/, '');
    const stack = truth.find((one) => name.endsWith(one.name)) ?? truth[0]!;
    // Heads keep their width where a layer has lost some of them.
    const right = question.candidates.filter(
      ({ dHead }) => dHead === model.headDim || stack.heads !== model.truth[0]!.heads,
    );
    const answer =
      right.find(({ heads, kvHeads }) => heads === stack.heads && kvHeads === stack.kvHeads) ??
      right.find(({ heads, kvHeads }) => heads * stack.kvHeads === kvHeads * stack.heads);
    if (answer === undefined) return `The question doesn't offer ${stack.heads} heads over ${stack.kvHeads}`;
    const { heads, kvHeads } = answer;
    return { ...given, splits: { ...given.splits, [question.splitKey]: { heads, kvHeads } } };
  }
  const [stack] = truth as [TrueStack];
  const names = model.family.stacks[stack.name]!;
  const own = namesOf(model, names, stack.layers[0]!.index).map(patternOf);
  const [q, k] = [own[0]!, own.at(-1)!];
  const pattern = (ending: string) =>
    question.groups.find((group) => group.pattern === ending || group.pattern.endsWith(`.${ending}`))
      ?.pattern;
  const [qPattern, kPattern] = [pattern(q), pattern(k)];
  if (qPattern === undefined || kPattern === undefined) return `The question doesn't offer ${q} and ${k}`;
  const mapping: Mapping = {
    q: qPattern,
    k: kPattern,
    orientation: names.kind === 'fused' && names.isTurned === true ? 'in_out' : 'out_in',
    split: names.kind === 'fused' ? names.order : 'concat',
    heads: stack.heads,
    kvHeads: stack.kvHeads,
  };
  return { mapping };
}

/** "h.3.attn.c_attn.weight" as "h.{layer}.attn.c_attn.weight": the first number counts layers. */
function patternOf(name: string): string {
  return name.replace(/(?<=^|\.)\d+(?=\.)/, '{layer}');
}

interface Comparison {
  readonly fault: string | null;
  readonly hatched: readonly string[];
}

function compare(results: readonly StackResult[], variant: Variant, isMapped: boolean): Comparison {
  const truths = [variant.truth, ...(variant.otherTruths ?? [])];
  if (isMapped || variant.hasOtherStacks === true) {
    const pool = truths.flat();
    const faults = results.map((result) => best(pool.map((stack) => compareStack(result, stack, variant))));
    const isAll = isMapped || variant.otherTruths !== undefined || results.length === variant.truth.length;
    return merged(
      isAll ? faults : [...faults, { fault: `There are ${results.length} stacks.`, hatched: [] }],
    );
  }
  return best(truths.map((truth) => compareAll(results, truth, variant)));
}

function compareAll(results: readonly StackResult[], truth: Truth, variant: Variant): Comparison {
  const names = results.map(({ name }) => name).join(', ');
  if (results.length !== truth.length) return { fault: `The stacks are ${names}.`, hatched: [] };
  return merged(
    truth.map((stack) => {
      const result = results.find(({ name }) => name === stack.name);
      return result === undefined
        ? { fault: `No stack ${stack.name} among ${names}.`, hatched: [] }
        : compareStack(result, stack, variant);
    }),
  );
}

function best(comparisons: readonly Comparison[]): Comparison {
  return comparisons.find(({ fault }) => fault === null) ?? comparisons[0]!;
}

function merged(comparisons: readonly Comparison[]): Comparison {
  return {
    fault: comparisons.find(({ fault }) => fault !== null)?.fault ?? null,
    hatched: comparisons.flatMap(({ hatched }) => hatched),
  };
}

/** Every layer that is scored is right to the last head, and every other one is hatched with a reason. */
function compareStack({ layers }: StackResult, stack: TrueStack, { tolerance = 1e-9 }: Variant): Comparison {
  const hatched = layers.flatMap(({ skipped }) => (skipped === undefined ? [] : [skipped.reason]));
  for (const { layer, heads, skipped } of layers) {
    if (skipped !== undefined) continue;
    const want = stack.layers.find(({ index }) => index === layer);
    if (want === undefined)
      return { fault: `Layer ${layer} of ${stack.name} is scored, and there is none.`, hatched };
    if (heads.length !== want.r.length)
      return {
        fault: `Layer ${layer} of ${stack.name} has ${heads.length} heads, not ${want.r.length}.`,
        hatched,
      };
    for (const [head, { r }] of heads.entries()) {
      const right = want.r[head] ?? null;
      const isRight = r === null || right === null ? r === right : Math.abs(r - right) <= tolerance;
      if (!isRight) return { fault: `L${layer}H${head} of ${stack.name} is ${r}, not ${right}.`, hatched };
    }
  }
  const lost = stack.layers.find(({ index }) => !layers.some(({ layer }) => layer === index));
  return { fault: lost === undefined ? null : `Layer ${lost.index} of ${stack.name} is missing.`, hatched };
}
