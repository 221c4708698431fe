// The entry of the command line.
import { run } from './program.ts';
import { processTerminal } from './terminal.ts';

// Whoever reads our output may have had enough of it (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
// Ctrl-C has no listener here: it ends the process at once, whatever is being computed. Files are written whole or not at all.
process.exitCode = await run(process.argv.slice(2), processTerminal());
