/** Collects notes on modules. Modules with the same text share a note; the text is a sentence without its full stop. */
export interface ModuleNotes {
  add(module: string, text: string): void;
  all(): string[];
}

export function createModuleNotes(): ModuleNotes {
  const modulesOf = new Map<string, Set<string>>();
  return {
    add(module, text) {
      const modules = modulesOf.get(text) ?? new Set();
      modulesOf.set(text, modules.add(module));
    },
    all: () =>
      [...modulesOf].map(([text, modules]) => {
        const [first] = modules;
        return modules.size === 1 ? `${first}: ${text}.` : `${first} and ${modules.size - 1} more: ${text}.`;
      }),
  };
}
