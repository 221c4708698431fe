// A file on disk as the Blob that a browser would give: only what is asked for is read.
import { type FileHandle, open } from 'node:fs/promises';

/** Opens each file once, and closes it when nobody has read of it for a while. */
interface OpenFile {
  handle: Promise<FileHandle> | null;
  readers: number;
  timer: NodeJS.Timeout | null;
}

const IDLE_MS = 2000;

/**
 * A file on disk, or a part of one. Node's own `openAsBlob` reads in small pieces through a queue; this reads into
 * the memory that is given.
 */
export class DiskBlob extends Blob {
  readonly #path: string;
  readonly #begin: number;
  readonly #end: number;
  readonly #file: OpenFile;
  /** Milliseconds since 1970, as a File has it. */
  readonly lastModified: number;

  constructor(
    path: string,
    stat: { readonly size: number; readonly mtimeMs: number },
    range: readonly [begin: number, end: number] = [0, stat.size],
    file: OpenFile = { handle: null, readers: 0, timer: null },
  ) {
    super();
    this.#path = path;
    [this.#begin, this.#end] = range;
    this.#file = file;
    this.lastModified = stat.mtimeMs;
  }

  override get size(): number {
    return this.#end - this.#begin;
  }

  override slice(from = 0, to = this.size): Blob {
    const place = (at: number) =>
      this.#begin + Math.min(this.size, Math.max(0, at < 0 ? this.size + at : at));
    const [begin, end] = [place(from), place(to)];
    const stat = { size: this.size, mtimeMs: this.lastModified };
    return new DiskBlob(this.#path, stat, [begin, Math.max(begin, end)], this.#file);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    await this.readInto(0, bytes);
    return bytes.buffer;
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const read = () => this.arrayBuffer();
    return new ReadableStream({
      async start(controller) {
        controller.enqueue(new Uint8Array(await read()));
        controller.close();
      },
    });
  }

  /**
   * Fills `into` with the bytes from `from` on. Node's thread pool reads them, into shared memory too.
   * @throws Error where the file is shorter than it was, or can't be read
   */
  async readInto(from: number, into: Uint8Array): Promise<void> {
    const file = this.#file;
    if (file.timer !== null) clearTimeout(file.timer);
    file.timer = null;
    file.readers++;
    file.handle ??= open(this.#path, 'r');
    try {
      const handle = await file.handle;
      for (let at = 0; at < into.length; ) {
        const rest = into.subarray(at);
        const { bytesRead } = await handle.read(rest, 0, rest.length, this.#begin + from + at);
        if (bytesRead === 0)
          throw new Error(`${this.#path} ends at byte ${this.#begin + from + at}, earlier than it did`);
        at += bytesRead;
      }
    } catch (error) {
      // The next reader tries anew.
      close(file);
      throw error;
    } finally {
      file.readers--;
      if (file.readers === 0) {
        file.timer = setTimeout(() => close(file), IDLE_MS);
        file.timer.unref();
      }
    }
  }
}

function close(file: OpenFile): void {
  const { handle } = file;
  file.handle = null;
  // A file that couldn't be opened needs no closing, and its error was reported to the reader.
  handle?.then(
    (opened) => opened.close(),
    () => {},
  );
}
