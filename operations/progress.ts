/** One changing line on a terminal, plain lines elsewhere; always on standard error, so that output stays clean. */

export interface Progress {
  /** Says what is going on now. */
  update(text: string): void;
  /** Clears the line. */
  done(): void;
}

/** Lines of a pipe or log file are not rewritten; the same text is printed once. */
export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? terminalLine(stream) : plainLines(stream);
}

function terminalLine(stream: NodeJS.WriteStream): Progress {
  const started = performance.now();
  return {
    update: (text) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      stream.write(`\r\u001b[2K${`${seconds} s  ${text}`.slice(0, Math.max(10, stream.columns - 1))}`);
    },
    done: () => stream.write("\r\u001b[2K"),
  };
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  let last = "";
  return {
    update: (text) => {
      // Numbers that count up would fill a log: only a new kind of line is worth one.
      const kind = text.replace(/\d+/g, "#");
      if (kind !== last) stream.write(`${text}\n`);
      last = kind;
    },
    done: () => {},
  };
}
