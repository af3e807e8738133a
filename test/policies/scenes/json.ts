/** A property that AWS takes as JSON text, written in a scene as data, so that samples can change a part of it. */
export class Json {
  readonly json: unknown;

  constructor(data: unknown) {
    this.json = data;
  }
}

/** Marks data that the resource holds as JSON text. */
export function json(data: unknown): Json {
  return new Json(data);
}
