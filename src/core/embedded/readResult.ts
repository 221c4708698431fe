// Exported results as JSON: read back, and checked before anything of them is shown.
import * as v from 'valibot';
import { isJsonObject } from '../jsonValue.ts';
import { escapeUnprintable, printable } from '../printable.ts';
import { loadModelIds, SAMPLE_NAMES } from '../repos/index.ts';
import { type AnalysisResult, RESULT_SCHEMA, RESULT_VERSION } from '../result/index.ts';
import { choiceOf } from '../weights/convention.ts';
import { contradictionIn } from './contradictions.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { invalidResult, newerVersion, noResult, tooManyResults } from './refusals.ts';
import { ResultSchema } from './resultSchema.ts';

/** Returns whether a JSON value says that it is a result of ours, or a list of such. */
export function looksLikeResult(json: unknown): boolean {
  const first: unknown = Array.isArray(json) ? json[0] : json;
  return isJsonObject(first) && first.schema === RESULT_SCHEMA;
}

/**
 * Reads the results of one model, or of two side by side, as they are exported; the command line writes longer lists.
 * @param most how many are read at most
 * @returns the values as they stand in the text, fields that nobody knows included; what can't be printed of a text is its code
 * @throws QKError 'result-invalid' saying what is wrong, 'format-unsupported' for a newer version's
 */
export async function readResults(
  text: string,
  file: string,
  most: number = EMBEDDED_LIMITS.results,
): Promise<readonly AnalysisResult[]> {
  let json: unknown;
  try {
    json = readJson(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw invalidResult(file, 'they aren’t JSON', cause);
  }
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (list.length === 0) throw invalidResult(file, 'there are none in it');
  if (list.length > most) throw tooManyResults(file, list.length, most);
  const results: AnalysisResult[] = [];
  for (const [index, value] of list.entries())
    results.push(await readOne(value, file, list.length > 1 ? index + 1 : null));
  const choices = new Set(results.map(({ convention }) => JSON.stringify(choiceOf(convention))));
  if (choices.size > 1) throw invalidResult(file, 'its results were scored by two conventions');
  return results;
}

/** A name in a file may turn the sentences round in which it stands, or hide in them. */
function readJson(text: string): unknown {
  if (!NEEDS_ESCAPE.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.split('\n').map(escapeUnprintable).join('\n') : value,
  );
}

/** What JSON writes out or as a code, line breaks of its layout left out. */
const NEEDS_ESCAPE = /\\[ubfrt]|(?![\n\r\t\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u;

/** @param at the number of this result, from 1; null where there is one */
async function readOne(value: unknown, file: string, at: number | null): Promise<AnalysisResult> {
  const [subject, which] =
    at === null ? [`The JSON in ${file}`, ''] : [`Result ${at} in ${file}`, `result ${at}: `];
  if (!looksLikeResult(value)) throw noResult(file, `${subject} isn’t one that QKScope exported.`);
  const { version } = value as { readonly version?: unknown };
  if (typeof version === 'number' && version > RESULT_VERSION) throw newerVersion(file, version);
  const parsed = v.safeParse(ResultSchema, value, { abortEarly: true });
  if (!parsed.success) throw invalidResult(file, which + issueText(parsed.issues[0]));
  // As it stands in the text: what is exported again has its fields in the same order.
  const result = value as AnalysisResult;
  const contradiction = contradictionIn(result) ?? (await misnamed(result));
  if (contradiction !== null) throw invalidResult(file, which + contradiction);
  return result;
}

/** "stacks.0.layers.2.heads.1.r: Invalid type: Expected number but received "0.5"" */
function issueText(issue: v.InferIssue<typeof ResultSchema>): string {
  const path = issue.path?.map(({ key }) => String(key)).join('.');
  return printable(`${path === undefined ? '' : `${path}: `}${issue.message}`);
}

/** Of a name that is to be opened: nothing but a model of the hub or of the sample may follow from it. */
async function misnamed({ model: { source, id, sha, revision } }: AnalysisResult): Promise<string | null> {
  if (source === 'local') return null;
  if (source === 'sample')
    return SAMPLE_NAMES.some((name) => id === `sample/${name}`)
      ? null
      : `the sample has no model “${printable(id)}”`;
  const { parseModelId } = await loadModelIds();
  try {
    // A commit names itself; any other revision is what the hub would be asked for.
    const named = sha === null && revision !== null ? `${id}@${revision}` : id;
    const parsed = parseModelId(named);
    if (parsed.repo === id && (named === id || parsed.revision === revision)) return null;
  } catch {
    // Said below.
  }
  return `“${printable(id)}” isn’t the name of a model on the hub, or its revision isn’t one`;
}
