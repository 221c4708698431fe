import type { Room } from './room.ts';

/** The table of layers as the map in docs/architecture.md: a row a room, lowest first. */
export function renderMap(layers: Readonly<Record<string, Room>>, shared: readonly string[]): string {
  const rows = Object.entries(layers).map(([name, { purpose, uses, packages = [], hasDoor }]) => {
    const isPart = name.startsWith('ui/');
    const own = isPart ? uses.filter((other) => !shared.includes(other)) : uses;
    const short = own.map((other) => other.replace(/^core\//, ''));
    const list = [
      ...(isPart ? ['what the page shows*'] : []),
      ...short,
      ...(isPart ? [] : packages.map((one) => `_${one}_`)),
    ];
    return `| \`${name}\`${hasDoor ? ' ⌂' : ''} | ${purpose} | ${list.join(', ') || 'nothing'} |`;
  });
  return [
    '| room (⌂: with a door) | what it is for | may import |',
    '| --- | --- | --- |',
    ...rows,
    '',
    `\\* ${shared.map((name) => `\`${name}\``).join(', ')}.`,
  ].join('\n');
}
