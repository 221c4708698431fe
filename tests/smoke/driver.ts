/** What the steps need of a browser: the same few acts, whoever drives it. Each driver has a fresh profile. */
export interface SmokeDriver {
  open(url: string): Promise<void>;
  /** Runs an expression in the page; its value, or that of its promise, comes back as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Gives files to an input; `selector` names one element. */
  uploadFiles(selector: string, paths: readonly string[]): Promise<void>;
  click(selector: string): Promise<void>;
  /** Presses a key where the focus is; its name is KeyboardEvent.key. */
  press(key: string): Promise<void>;
  /** Types letters where the focus is. */
  type(text: string): Promise<void>;
  screenshot(path: string): Promise<void>;
  /** Errors of the console and exceptions that nothing caught; null where the driver can't hear them. */
  readonly errors: readonly string[] | null;
  close(): Promise<void>;
}

/** The page's size in all browsers, in CSS pixels. */
export const WINDOW = { width: 1440, height: 900 };
