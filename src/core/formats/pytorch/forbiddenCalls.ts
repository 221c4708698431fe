/**
 * Python modules whose functions run commands or code, open files or reach the network (CPython's library reference,
 * narrowed to what is seen in malicious checkpoints). QKScope never executes anything, so this list doesn't protect the
 * page: a file with such calls is refused because no training script writes them, and because its owner should know
 * before Python loads it.
 */
const MODULES: ReadonlySet<string> = new Set([
  ...[
    'os',
    'posix',
    'nt',
    'ntpath',
    'posixpath',
    'sys',
    'subprocess',
    '_posixsubprocess',
    'commands',
    'popen2',
  ],
  ...['pty', 'shutil', 'importlib', 'runpy', 'pkgutil', 'imp', 'code', 'codeop', 'pdb', 'bdb', 'timeit'],
  ...['profile', 'cProfile', 'trace', 'doctest', 'marshal', 'ctypes', '_ctypes', 'webbrowser', 'antigravity'],
  ...['socket', '_socket', 'ssl', 'http', 'httplib', 'urllib', 'urllib2', 'requests', 'ftplib', 'smtplib'],
  ...['telnetlib', 'asyncio', 'signal', 'threading', '_thread', 'pip', 'venv', 'ensurepip', 'setuptools'],
]);
const BUILTINS: ReadonlySet<string> = new Set([
  ...['eval', 'exec', 'execfile', 'compile', 'open', '__import__', 'input', 'raw_input', 'breakpoint'],
  ...['apply', 'exit', 'quit', 'globals', 'locals', 'vars', 'setattr', 'delattr', 'file', 'reload'],
]);
const OTHERS: ReadonlySet<string> = new Set([
  ...[
    'pickle.load',
    'pickle.loads',
    '_pickle.load',
    '_pickle.loads',
    'cPickle.loads',
    'torch.load',
    'torch.hub.load',
  ],
  ...[
    'types.FunctionType',
    'types.CodeType',
    'numpy.load',
    'joblib.load',
    'torch.jit.load',
    'nturl2path.url2pathname',
  ],
]);

/** Tells whether a call of this name ("os.system") would run commands or code when Python loads the file. */
export function isForbiddenCall(name: string): boolean {
  const path = name.split('.');
  const root = path[0]!;
  if (root === 'builtins' || root === '__builtin__') return BUILTINS.has(path[1] ?? '');
  return MODULES.has(root) || OTHERS.has(name);
}
