// Reads when a repository was made from what the hub says of it.

/**
 * The hub has recorded creation dates since this moment, and gives it, or the second after it, as the date of every
 * older repository (huggingface_hub, hf_api.py, ModelInfo.created_at).
 */
const RECORDED_SINCE = Date.parse('2022-03-02T23:29:06.000Z');

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Returns the date, ISO 8601 in UTC; undefined where the hub gives none, none that it is, or that of all older ones. */
export function publishedAt(createdAt: unknown): string | undefined {
  if (typeof createdAt !== 'string' || !ISO.test(createdAt)) return undefined;
  const time = Date.parse(createdAt);
  return Number.isNaN(time) || time < RECORDED_SINCE ? undefined : new Date(time).toISOString();
}
