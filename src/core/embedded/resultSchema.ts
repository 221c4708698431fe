// The JSON of a result and of a benchmark's report, field by field (core/result): types, ranges and lengths.
import * as v from 'valibot';
import { ENGINE_IDS, METHODS } from '../engines/index.ts';
import {
  RESULT_SCHEMA,
  RESULT_VERSION,
  SCOPE_NAMES,
  TIMED_SPANS,
  USER_SCORES_LIMITS,
} from '../result/index.ts';
import { EMBEDDED_LIMITS as LIMITS } from './limits.ts';

/** Rounding in float32 may lead just beyond the ends of r and s. */
const ROUNDING = 1e-3;

/** Few kinds of checks: what valibot has more of would be part of the page's first load. */
const textOf = (max: number, pattern = /^/) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= max, `is longer than ${max} characters`),
    v.check((text) => pattern.test(text), 'isn’t written as it should be'),
  );
/** A JSON number may be too large for a double: it would be read as Infinity. */
const between = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.check((value) => Number.isFinite(value) && value >= min && value <= max, `isn’t from ${min} to ${max}`),
  );
const whole = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= min && value <= max,
      `isn’t a whole number from ${min} to ${max}`,
    ),
  );
const listOf = <Schema extends v.GenericSchema>(schema: Schema, max: number = LIMITS.list, min = 0) =>
  v.pipe(
    v.array(schema),
    v.check((list) => list.length >= min && list.length <= max, `hasn’t ${min} to ${max} entries`),
  );

const name = textOf(LIMITS.name);
const sentence = textOf(LIMITS.sentence);
const finite = between(-Number.MAX_VALUE, Number.MAX_VALUE);
const positive = between(0, Number.MAX_VALUE);
const index = whole(0, USER_SCORES_LIMITS.index);
const count = whole(0);
const ratio = v.nullable(between(-ROUNDING, 1 + ROUNDING));
const score = v.nullable(between(-1 - 2 * ROUNDING, 1 + 2 * ROUNDING));
const direction = v.optional(v.nullable(between(-1 - ROUNDING, 1 + ROUNDING)));
const date = v.pipe(
  textOf(40, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'isn’t a date'),
);
const engine = v.picklist(ENGINE_IDS);

const Reason = v.looseObject({ code: name, reason: sentence });

const widths = {
  heads: whole(1, LIMITS.heads),
  kvHeads: whole(1, LIMITS.heads),
  dModel: whole(1),
  dHead: whole(1),
};
const Shape = v.looseObject({
  ...widths,
  layers: whole(0, LIMITS.layers),
});

const Head = v.looseObject({
  head: index,
  kvHead: index,
  r: ratio,
  s: score,
  norm: v.optional(positive),
  normReason: v.optional(sentence),
  directionality: direction,
  reason: v.optional(Reason),
  recomputed: v.optional(v.literal(true)),
});

const Layer = v.looseObject({
  layer: index,
  usedBy: v.optional(listOf(index)),
  note: v.optional(sentence),
  shape: v.optional(v.looseObject(widths)),
  headsFrom: v.optional(name),
  tensors: listOf(v.looseObject({ name, dtype: name, rows: v.optional(name) })),
  heads: listOf(Head, LIMITS.heads),
  score: v.optional(v.looseObject({ r: ratio, s: score, reason: v.optional(Reason) })),
  directionality: direction,
  directionalityReason: v.optional(Reason),
  measuredBy: v.optional(v.looseObject({ score: v.optional(engine), directionality: v.optional(engine) })),
  engine: v.optional(engine),
  skipped: v.optional(Reason),
});

const Model = v.looseObject({
  source: v.picklist(['hub', 'local', 'sample']),
  id: textOf(LIMITS.name, /./),
  name: v.optional(textOf(LIMITS.name, /./)),
  revision: v.nullable(name),
  // Scores that came by a link have the first digits alone.
  sha: v.nullable(textOf(40, /^[\da-f]{12,40}$/)),
  fingerprint: v.nullable(textOf(64, /^[\da-f]{16,64}$/)),
  contentHash: v.optional(name),
  format: name,
  modelType: name,
  architecture: name,
  dtype: name,
  quantised: v.optional(v.boolean()),
  weights: v.optional(name),
  parameters: v.optional(whole(1)),
  published: v.optional(date),
});

const Convention = v.union([
  v.looseObject({ name: v.literal('raw'), text: sentence }),
  v.looseObject({
    name: v.literal('custom'),
    text: sentence,
    layerNorm: v.boolean(),
    qkNorm: v.boolean(),
    ropeOffset: whole(Number.MIN_SAFE_INTEGER),
  }),
]);

const BenchmarkRow = v.looseObject({
  engine: name,
  threads: v.optional(index),
  method: v.picklist(METHODS),
  scope: v.picklist(SCOPE_NAMES),
  region: v.picklist(TIMED_SPANS),
  heads: whole(1),
  loops: whole(1),
  runLoops: v.optional(listOf(whole(1))),
  calls: count,
  runsMs: listOf(positive, LIMITS.list, 1),
  clock: v.picklist(['wall', 'gpu', 'process']),
  flops: positive,
  bytes: positive,
  maxAbsDeltaR: v.nullable(positive),
});

const BenchmarkReport = v.looseObject({
  createdAt: v.optional(date),
  app: v.optional(v.looseObject({ version: name })),
  cores: v.optional(index),
  where: v.optional(v.looseObject({ runtime: v.picklist(['browser', 'node']), name })),
  dtype: v.optional(name),
  seed: v.optional(finite),
  disturbed: v.optional(sentence),
  clock: name,
  clockStepMs: positive,
  crossOriginIsolated: v.boolean(),
  cancelled: v.optional(v.literal(true)),
  device: v.record(name, name),
  subject: name,
  synthetic: v.boolean(),
  shape: Shape,
  layer: index,
  head: index,
  rows: listOf(BenchmarkRow),
  failed: listOf(
    v.looseObject({
      engine: name,
      method: v.picklist(METHODS),
      scope: v.picklist(SCOPE_NAMES),
      error: v.looseObject({
        code: name,
        message: sentence,
        where: v.optional(sentence),
        hint: v.optional(sentence),
        permanent: v.boolean(),
        cause: v.optional(sentence),
      }),
    }),
  ),
});

const UserScore = v.looseObject({
  name,
  file: name,
  entries: listOf(
    v.looseObject({ layer: index, head: index, value: v.nullable(finite), stack: v.optional(name) }),
    USER_SCORES_LIMITS.rows,
  ),
});

/** Fields that a later version added are left as they are: nothing reads them. */
export const ResultSchema = v.looseObject({
  schema: v.literal(RESULT_SCHEMA),
  version: v.literal(RESULT_VERSION),
  model: Model,
  shape: Shape,
  convention: Convention,
  engine: v.looseObject({ id: v.picklist([...ENGINE_IDS, 'recorded']), device: name, reason: sentence }),
  bytes: v.looseObject({ read: count, planned: count, needed: count, file: count }),
  stacks: listOf(
    v.looseObject({
      name,
      shape: Shape,
      headsFrom: v.optional(name),
      layers: listOf(Layer, LIMITS.layers),
    }),
    LIMITS.stacks,
    1,
  ),
  notes: listOf(sentence, 1000),
  timing: v.optional(BenchmarkReport),
  own: v.optional(listOf(UserScore, USER_SCORES_LIMITS.columns)),
  createdAt: date,
  app: v.looseObject({ version: name }),
});
