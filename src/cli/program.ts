// The command line: what there is to say, and which file does it. Each command's code is loaded when it is called.
import { Command, CommanderError, Option } from 'commander';
import type { BenchFlags } from './benchCommand.ts';
import { EXIT, EXIT_HELP } from './exitCodes.ts';
import { parseCount, parseHeads, parseMetrics, parsePort, parseShard, parseThreads } from './flags.ts';
import { MAP_HELP, parseMap } from './mapFlag.ts';
import type { ScoreFlags } from './scoreCommand.ts';
import type { ColourFlag } from './showCommand.ts';
import type { SweepFlags } from './sweepCommand.ts';
import type { Terminal } from './terminal.ts';

const ABOUT = `QKScope scores how symmetric the query-key form M = Wq Wkᵀ of each attention head is:
r from 0 (antisymmetric) over 0.5 (neither) to 1 (symmetric); s = 2r − 1.`;

const EXAMPLES = `
Examples:
  qkscope score gpt2                                    a model of the Hugging Face Hub
  qkscope score EleutherAI/pythia-70m@step1000          a revision of it
  qkscope score ./my-model -o scores.json -o map.svg    a folder; results into files
  qkscope score model.safetensors --heads 12            a file that doesn't say how many heads it has
  qkscope show scores.json                              the table and the map of a result
  qkscope score sample/causal --json | jq .shape        data alone goes to stdout

Environment:
  HF_TOKEN       access token, for gated and private models
  HF_ENDPOINT    address of the hub (https://huggingface.co)
  HF_HUB_CACHE   the hub's local cache (else HF_HOME/hub): read where it holds what is needed, never written
  NO_COLOR       no colours

${EXIT_HELP}`;

const ENGINES = ['auto', 'webgpu', 'wasm', 'reference'];
const METRICS = ['s', 'r', 'z', 'norm', 'directionality'];

const engineOption = () =>
  new Option(
    '--engine <name>',
    'what computes: auto takes the GPU where the package webgpu finds one, else wasm',
  )
    .choices(ENGINES)
    .default('auto');
const threadsOption = () =>
  new Option('--threads <n>', 'threads of the wasm engine (default: the cores)').argParser(parseThreads);
const colourOption = () =>
  new Option('--colour-by <metric>', 'what maps and figures show').choices(METRICS).default('s');
const collect = (value: string, before: string[] = []) => [...before, value];

/** Options of everything that scores. */
function addScoring(command: Command): Command {
  return command
    .addOption(engineOption())
    .addOption(threadsOption())
    .addOption(
      new Option(
        '--metrics <list>',
        'measure more, reading the weights once more: layer-score, directionality, all',
      ).argParser(parseMetrics),
    )
    .option(
      '--convention <words>',
      'what is done to the weights first: raw, or those of layernorm,qknorm,rope:DELTA',
      'raw',
    )
    .addOption(
      new Option(
        '--heads <n>',
        'how many heads there are, where the files leave it open: 12, 32/8, text.self:16',
      ).argParser(parseHeads),
    )
    .option(
      '--map <spec>',
      'which tensors are Q and K, where the files leave it open (see: qkscope help map)',
      parseMap,
    );
}

/** Makes the program; `onExit` hears the exit code of the command that ran. */
export function createProgram(terminal: Terminal, onExit: (code: number) => void): Command {
  const program = new Command('qkscope')
    .description(ABOUT)
    .version(__APP_VERSION__)
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => Math.min(120, Math.max(80, terminal.columns)),
      getErrHelpWidth: () => Math.min(120, Math.max(80, terminal.columns)),
      outputError: (text, write) => write(text.replace(/^error: /, 'qkscope: ')),
    })
    .exitOverride()
    .showHelpAfterError('(qkscope --help says more)')
    .enablePositionalOptions();
  const subcommand = (name: string, about: string) => program.command(name).description(about);
  addScoring(
    subcommand('score', 'score models: hub ids, URLs, folders, files, or sample/masked and sample/causal'),
  )
    .argument('<model...>', 'owner/name, owner/name@revision, a path')
    .option(
      '-o, --output <file>',
      'write .json, .csv, .parquet, .svg or .png; may be given several times',
      collect,
    )
    .option('--json', 'print the result as JSON instead of a table')
    .addOption(colourOption())
    .option('-q, --quiet', 'no progress, no table')
    .action(async (models: string[], flags: ScoreFlags) => {
      const { scoreCommand } = await import('./scoreCommand.ts');
      onExit(await scoreCommand(terminal, models, flags));
    });

  addScoring(
    subcommand('sweep', 'score a list of models into a folder; what is there already isn’t scored again'),
  )
    .argument('<list>', 'a file with a model a line, or owner/name@* for all revisions of a repository')
    .requiredOption('--out <folder>', 'where the results go, a file each')
    .addOption(
      new Option(
        '--shard <i/n>',
        'this part of the list, from 0 (default: what Slurm or an Indexed Job says)',
      ).argParser(parseShard),
    )
    .addOption(new Option('--workers <n>', 'processes on this machine').argParser(parseCount).default(1))
    .option('-q, --quiet', 'say failures alone')
    .action(async (list: string, flags: SweepFlags) => {
      const { sweepCommand } = await import('./sweepCommand.ts');
      onExit(await sweepCommand(terminal, list, flags));
    });

  program.command('sweep-worker', { hidden: true }).action(async () => {
    const { sweepWorkerCommand } = await import('./sweepWorkerCommand.ts');
    onExit(await sweepWorkerCommand(terminal));
  });

  subcommand('gather', 'write the heads of a folder of results as one table, a row a head')
    .argument('<folder>', 'of a sweep')
    .requiredOption('-o, --output <file>', '.parquet or .csv')
    .action(async (folder: string, flags: { output: string }) => {
      const { gatherCommand } = await import('./gatherCommand.ts');
      onExit(await gatherCommand(terminal, folder, flags));
    });

  subcommand('show', 'show the table and the map of results: JSON, or the PNG, SVG and HTML that hold one')
    .argument('<result...>', 'files')
    .addOption(colourOption())
    .action(async (files: string[], flags: ColourFlag) => {
      const { showCommand } = await import('./showCommand.ts');
      onExit(await showCommand(terminal, files, flags));
    });

  subcommand('extract', 'print the data that a figure or an exported page holds, byte for byte')
    .argument('<figure>', 'a PNG, SVG or HTML file of QKScope')
    .option('-o, --output <file>', 'write it into a file instead; a .csv becomes a sheet')
    .action(async (figure: string, flags: { output?: string }) => {
      const { extractCommand } = await import('./extractCommand.ts');
      onExit(await extractCommand(terminal, figure, flags));
    });

  subcommand('bench', 'time the methods on this machine, as the page does: made-up weights, or a model’s own')
    .argument('[model]', 'a model whose first layer is timed')
    .addOption(
      new Option('--shape <L,H,d,dh>', 'made-up weights: layers, heads, width, head width').default(
        '12,12,768,64',
      ),
    )
    .option('--engines <list>', 'of wasm, wasm-one-thread, reference, webgpu', 'wasm,reference')
    .option('--methods <list>', 'of norm, trace, trace-heads, trace-loop, trace-full')
    .option('--scopes <list>', 'of head, layer, all', 'head,layer')
    .addOption(threadsOption())
    .option('--json', 'print the report with every run')
    .action(async (model: string | undefined, flags: BenchFlags) => {
      const { benchCommand } = await import('./benchCommand.ts');
      onExit(await benchCommand(terminal, model, flags));
    });

  subcommand('open', 'serve the page on this machine with a result in it, and print its address')
    .argument('[result]', 'a file that holds results; without one the page opens with its sample')
    .addOption(new Option('--port <n>', 'of the address').argParser(parsePort).default(4173))
    .action(async (result: string | undefined, flags: { port: number }) => {
      const { openCommand } = await import('./openCommand.ts');
      onExit(await openCommand(terminal, result, flags));
    });

  program.addHelpCommand(false);
  subcommand('help', 'say more of a command, or of map')
    .argument('[command]')
    .action((name?: string) => {
      if (name === 'map') terminal.out(MAP_HELP);
      else {
        const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
        if (command === undefined) program.error(`unknown command '${name}'`);
        else command.outputHelp();
      }
    });

  return program;
}

/**
 * Runs one command line.
 * @param argv what follows the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = EXIT.done;
  const program = createProgram(terminal, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { reportError } = await import('./report.ts');
    return reportError(terminal, error);
  }
}
