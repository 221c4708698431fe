import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installPackages } from '../../../scripts/debianPackages.js';
import { createProgram } from '../../../src/cli/program.ts';
import { VALUE_NAMES } from '../../../src/widget/values.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const FOLDER = join(import.meta.dirname, '../../../examples');
const FILES = readdirSync(FOLDER).filter((name) => name.startsWith('sweep.'));

/** The command lines of qkscope in a text: up to what ends a command in a shell. */
const commandsIn = (text: string) =>
  [...text.matchAll(/npx qkscope ([^\n&'|;]+)/g)].map(([, line]) =>
    (line!.match(/"[^"]*"|\S+/g) ?? [])
      // What the script is given stands there; it may be nothing.
      .filter((word) => word !== '"$@"')
      .map((word) => word.replace(/^"|"$/g, '').replace('$SLURM_CPUS_PER_TASK', '2')),
  );

/** Parses a command line and runs nothing. @returns the name of the command that would run */
async function parsed(argv: readonly string[]): Promise<string> {
  let named = '';
  const fail = (text: string) => {
    throw new Error(text);
  };
  const terminal = {
    ...{ out: fail, err: fail, env: {}, canRewrite: false, colourDepth: 1, columns: 80 },
    now: () => 0,
    signal: new AbortController().signal,
  };
  const program = createProgram(terminal, () => {});
  for (const command of program.commands)
    command.action(() => {
      named = command.name();
    });
  await program.parseAsync([...argv], { from: 'user' });
  return named;
}

describe('the examples of job queues', () => {
  it('are those of Slurm, Kubernetes and Hugging Face Jobs', () => {
    expect(FILES).toEqual(['sweep.huggingface.sh', 'sweep.kubernetes.yaml', 'sweep.slurm']);
  });

  it.each(FILES)('%s calls the command line as it is, and says where it was not run', async (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const commands = commandsIn(text);
    expect(commands.length).toBeGreaterThan(0);
    const names = [];
    for (const argv of commands) names.push(await parsed(argv));
    expect(names[0]).toBe('sweep');
    expect(text.replace(/\n# ?/g, ' ')).toMatch(/was not run on/);
  });

  it.each(FILES.filter((name) => !name.endsWith('.yaml')))('%s is a shell script', (name) => {
    execFileSync('bash', ['-n', join(FOLDER, name)]);
  });
});

describe('the notebook', () => {
  const file = join(FOLDER, 'notebook.ipynb');

  it('calls the command line as it is', async () => {
    const { cells } = JSON.parse(readFileSync(file, 'utf8')) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const text = cells
      .map(({ cell_type, source }) => (cell_type === 'code' ? source.join('') : ''))
      .join('\n');
    const names = [];
    for (const argv of commandsIn(text)) names.push(await parsed(argv));
    expect(names).toEqual(['score', 'sweep', 'gather']);
    expect(text.match(/^!/gm)).toHaveLength(names.length);
  });

  it('is a notebook by nbformat’s schema, and its Python runs', ({ skip }) => {
    const python = pythonWithNbformat();
    if (python === null) {
      const how = 'Python has no nbformat here (Debian: apt-get install python3-nbformat)';
      if (process.env.CI) throw new Error(how);
      console.log(`${how}: the notebook isn't validated.`);
      return skip();
    }
    const folder = mkdtempSync(join(tmpdir(), 'qkscope-notebook-'));
    const result = JSON.stringify(fakeResult({ score: (layer, head) => layer / 10 + head / 100 }));
    writeFileSync(join(folder, 'result.json'), result);
    const script = join(import.meta.dirname, '../../support/checkNotebook.py');
    const printed = execFileSync(python, [script, file], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    const { module, traits } = JSON.parse(printed) as { module: string; traits: Record<string, unknown> };
    expect(traits).toEqual({ result, metric: 'r', theme: 'auto', selection: { layer: 3, head: 3 } });
    expect(VALUE_NAMES).toEqual(expect.arrayContaining(Object.keys(traits)));
    const { exports } = JSON.parse(readFileSync(join(FOLDER, '../package.json'), 'utf8')) as {
      exports: { './widget': { default: string } };
    };
    expect(module).toBe(join('node_modules/qkscope', exports['./widget'].default));
  });
});

/** A Python that knows nbformat: the one on the path, or the system's. It is installed where tests run by themselves. */
function pythonWithNbformat(): string | null {
  const find = () =>
    ['python3', '/usr/bin/python3'].find((python) => {
      try {
        execFileSync(python, ['-c', 'import nbformat'], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    });
  const found = find();
  if (found !== undefined || !process.env.CI) return found ?? null;
  installPackages('python3-nbformat');
  return find() ?? null;
}
