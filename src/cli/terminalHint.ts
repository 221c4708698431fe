/** Phrases that tell what to do on the page, and what to do in a terminal instead. They are replaced in turn: longer ones come first. */
const TERMINAL_WORDS: readonly (readonly [page: RegExp, terminal: string])[] = [
  [
    /open the other under “Compare with…”; or drop the two folders that hold them/g,
    'and score the other on its own',
  ],
  [
    /[Tt]ake another engine in the settings|[Cc]hoose another engine(?: in the settings)?/g,
    'take another engine by --engine',
  ],
  [/([Tt]he hub['’]s address|its address) in the settings/g, '$1 (HF_ENDPOINT)'],
  [/Open the hub in another tab/g, 'Open the hub in a browser'],
  [/[Cc]lose other (?:tabs|pages that use the GPU)/g, 'close other programs'],
  [/[Uu]se a current browser/g, 'use a current version of Node'],
  [/, or a browser with WebGPU/g, ', or install the package webgpu'],
  [/can’t be read in a browser/g, 'can’t be read'],
  [
    /Enter a name such as (.*), paste a hub URL, or drop a file/g,
    'Give a name such as $1, a hub URL, a folder or a file',
  ],
  [/Enter another token, or remove this one/g, 'Set HF_TOKEN to another one, or unset it'],
  [/enter an access token(?: here)?/g, 'set HF_TOKEN'],
  [/, you can drop them here/g, ', score those'],
  [/, or drop the files/g, ', or score the files'],
  [/, or drop its files here/g, ', or score its files'],
  [/choose one\./g, 'name one.'],
  [/ and drop (?:them|it) here| and drop them/g, ' and score those'],
  [/then drop the real file/g, 'then score the real file'],
  [/, and drop (?=the (?:result|model|weight)|that file)/g, ', and score '],
  [/Choose it again/g, 'Run the command again'],
  [/Choose other weights, or open the (model|files)/g, 'Name other weights, or score the $1'],
  [/the browser you used/g, 'the version of Node'],
  [/Choose a /g, 'Give a '],
  [/Choose another /g, 'Name another '],
  [/Drop all /g, 'Give a folder that holds all '],
  [/Drop /g, 'Give '],
  [/\bdrop (?=its weights|it together|the file again)/g, 'give '],
];

/** A hint as it is right in a terminal: files are given by their names there, and engines by options. */
export function terminalHint(hint: string | undefined): string | undefined {
  if (hint === undefined) return undefined;
  const text = TERMINAL_WORDS.reduce((said, [page, terminal]) => said.replace(page, terminal), hint);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
