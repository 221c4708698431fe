// The entry of the command line.
import { run } from './program.ts';
import { processTerminal, watchOutput } from './terminal.ts';

watchOutput(process.stdout, process.stderr, (code) => process.exit(code));
// Ctrl-C has no listener here: it ends the process at once, whatever is being computed. Files are written whole or not at all.
process.exitCode = await run(process.argv.slice(2), processTerminal());
