/** Hyphens before digits become minus signs; "−0.0000" loses its sign. */
function withMinus(text: string): string {
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace('-', '−');
}

/** A value of r or s as people compare it: "0.5499", "−0.0613". */
export function formatScore(value: number | null, decimals = 4): string {
  return value === null || !Number.isFinite(value) ? '—' : withMinus(value.toFixed(decimals));
}

/** Three significant digits without an exponent: "72.4", "−0.613", "1,210". */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.min(20, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  const [whole = '', fraction] = rounded.toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return withMinus(fraction === undefined ? grouped : `${grouped}.${fraction}`);
}

/** A number of standard deviations, of which a hundredth says nothing: "−0.1", "8.4", "385". */
export function formatDeviations(value: number): string {
  return Math.abs(value) < 99.95 ? formatScore(value, 1) : formatSignificant(value);
}

/** Any magnitude: three digits, with a power of ten where plain digits would be long: "0.0123", "1.23 × 10⁻⁹". */
export function formatMagnitude(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return formatSignificant(value, digits);
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  return power >= -3 && power < 6
    ? formatSignificant(value, digits)
    : `${withMinus(mantissa)} × ${powerOfTen(power)}`;
}

/** "10⁻³" */
export function powerOfTen(exponent: number): string {
  return `10${[...String(exponent)].map((char) => SUPERSCRIPTS[char] ?? char).join('')}`;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((char, digit) => [String(digit), char])),
};

/** An axis or legend end, as short as it goes: "0.5", "−0.25", "1", "2 × 10⁻⁹". */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e6)) return withMinus(String(Number(value.toFixed(4))));
  return formatMagnitude(value).replace(/\.?0+ ×/, ' ×');
}

/** The whole double, for copying: what parses back to the same number. */
export function formatFull(value: number): string {
  return String(value);
}

/** A score inside a cell of this many px: two decimals, three when they fit; the zero before the point goes first. */
export function formatCell(value: number, cell: number): string {
  const text = formatScore(value, cell >= 46 ? 3 : 2);
  return cell < 36 ? text.replace(/^(−?)0\./, '$1.') : text;
}

/** A quantity of any size inside a cell: three digits or as many as fit, "72.4", "12k", "3e−9"; empty where none does. */
export function formatCompact(value: number, cell: number): string {
  const room = roomIn(cell);
  const size = Math.abs(value);
  // Where three digits fit they are all printed, zeros too, so that numbers of one size end alike.
  const whole = size >= 0.01 && size < 99.5 ? withMinus(value.toPrecision(3)) : '';
  if (cell >= 44 && whole !== '' && whole.length <= room) return whole;
  for (let digits = 3; digits > 0; digits--) {
    const text = compact(value, digits);
    if (text.length <= room) return text;
  }
  return '';
}

/** A number of standard deviations inside a cell: a tenth where it fits, whole ones else; empty where neither does. */
export function deviationsInCell(value: number, cell: number): string {
  const texts = [formatDeviations(value), formatScore(value, 0)];
  return texts.find((text) => text.length <= roomIn(cell)) ?? '';
}

/** How many characters fit into a cell of this many px. */
function roomIn(cell: number): number {
  return Math.floor((cell - 2) / (cell < 36 ? 6.1 : 6.7));
}

function compact(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6 || size < 1e-3)
    return value
      .toExponential(digits - 1)
      .replace('e+', 'e')
      .replaceAll('-', '−');
  if (size >= 9999.5) return `${withMinus(String(Number((value / 1000).toPrecision(digits))))}k`;
  const rounded = size >= 99.5 ? Math.round(value) : Number(value.toPrecision(digits));
  return withMinus(String(rounded)).replace(/^(−?)0\./, '$1.');
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units as hubs and disks count: "548 MB", "1.34 GB", "85.1 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : formatSignificant(value)} ${BYTE_UNITS[unit]}`;
}

/** "0.93 s", "12.4 s", "3 min 05 s". */
export function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** "L5H1", unpadded, counted from 0; with grouped queries "L5H13 · KV3". */
export function headName(layer: number, head: number, kvHead?: number): string {
  const name = `L${layer}H${head}`;
  return kvHead === undefined ? name : `${name} · KV${kvHead}`;
}

/** "gpt2@607a30d"; without a commit the name alone; with its revision where that isn't main: "pythia@607a30d (step1000)". */
export function modelTitle(model: {
  readonly id: string;
  readonly name?: string;
  readonly sha: string | null;
  readonly revision?: string | null;
}): string {
  if (model.name !== undefined) return model.name;
  const { id, sha, revision = null } = model;
  const name = sha === null ? id : `${id}@${sha.slice(0, 7)}`;
  return revision === null || revision === 'main' || sha?.startsWith(revision)
    ? name
    : `${name} (${revision})`;
}

type Shape = Readonly<Record<'layers' | 'heads' | 'kvHeads' | 'dModel', number>>;

/** "24 × 16 heads, d 1024"; with grouped queries "32 × 32 heads (8 kv), d 4096". */
export function shapeText(shape: Shape, headsFrom?: string): string {
  return shapeParts(shape, headsFrom).join('');
}

/** The same in parts: the heads, who says so (empty where nobody is named), and the width. */
export function shapeParts(
  { layers, heads, kvHeads, dModel }: Shape,
  headsFrom?: string,
): readonly [heads: string, from: string, width: string] {
  const grouped = kvHeads === heads ? '' : ` (${kvHeads} kv)`;
  const from = headsFrom === undefined ? '' : ` ${byText(headsFrom)}`;
  return [`${layers} × ${heads} heads${grouped}`, from, `, d ${dModel}`];
}

/** Who says how a model falls into heads: "by config.json", "chosen by you". */
export function byText(headsFrom: string): string {
  return headsFrom.endsWith('by you') ? headsFrom : `by ${headsFrom}`;
}
