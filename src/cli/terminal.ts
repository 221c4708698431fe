/** The terminal and the machine as a command sees them; tests pass their own. */
export interface Terminal {
  /** Data. */
  out(text: string): void;
  /** All else: progress, warnings, errors. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True where stderr is a terminal, so that a line of progress can be overwritten. */
  readonly canRewrite: boolean;
  /** Bits of colour that stdout shows: 1 (none), 4, 8 or 24. */
  readonly colourDepth: number;
  readonly columns: number;
  now(): number;
  readonly signal: AbortSignal;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    env,
    canRewrite: stderr.isTTY === true && env.TERM !== 'dumb',
    colourDepth: depthOf(stdout, env),
    columns: stdout.columns ?? 100,
    now: () => performance.now(),
    signal: new AbortController().signal,
  };
}

type Stream = Pick<NodeJS.WriteStream, 'on' | 'write'>;

/**
 * Hears of output that can't be written: what isn't heard would end the process with a stack trace.
 * @param exit ends the process with an exit code
 */
export function watchOutput(stdout: Stream, stderr: Stream, exit: (code: number) => void): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads our output may have had enough of it (`| head`).
    if (error.code === 'EPIPE') return exit(0);
    const why = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
    stderr.write(`qkscope: The output can't be written: ${why}.\n`);
    exit(1);
  });
  // Nobody reads the progress any more: the work goes on, since its results are files.
  stderr.on('error', () => {});
}

/** NO_COLOR (no-color.org) and FORCE_COLOR count before what the terminal says of itself. */
function depthOf(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  if (env.NO_COLOR) return 1;
  if (env.FORCE_COLOR) return { '0': 1, '1': 4, '2': 8 }[env.FORCE_COLOR] ?? 24;
  return stdout.isTTY ? stdout.getColorDepth(env) : 1;
}
