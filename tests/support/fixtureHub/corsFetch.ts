/** Always readable in a page (the CORS-safelisted response headers). */
const SAFELISTED = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];

/** Node's fetch, with only those headers of an answer that a page of another origin may read. */
export const corsFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  if (!answer.headers.has('Access-Control-Allow-Origin')) throw new TypeError('Failed to fetch');
  const exposed = (answer.headers.get('Access-Control-Expose-Headers') ?? '').toLowerCase().split(/\s*,\s*/);
  const headers = [...answer.headers].filter(([name]) => SAFELISTED.includes(name) || exposed.includes(name));
  const shown = new Response(answer.body, { status: answer.status, headers });
  Object.defineProperties(shown, { url: { value: answer.url }, redirected: { value: answer.redirected } });
  return shown;
};
