import { run } from '../../src/cli/program.ts';

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, as a terminal without colours would. */
export async function runCli(
  argv: readonly string[],
  options: { env?: Record<string, string>; signal?: AbortSignal; colourDepth?: number } = {},
): Promise<CliAnswer> {
  let [out, err] = ['', ''];
  const code = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    // Nothing of the network, nor of this machine's own cache.
    env: { HF_ENDPOINT: 'http://127.0.0.1:9', HF_HUB_CACHE: '/nowhere', HF_HUB_OFFLINE: '1', ...options.env },
    canRewrite: false,
    colourDepth: options.colourDepth ?? 1,
    columns: 100,
    now: () => performance.now(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}
