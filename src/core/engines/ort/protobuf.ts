/** Writes the protobuf wire format (protobuf.dev/programming-guides/encoding): as much of it as an ONNX graph needs. */
export class ProtobufWriter {
  private readonly bytes: number[] = [];

  /** Field of wire type 0: int32, int64, enum. */
  varint(field: number, value: number): this {
    this.raw(field << 3);
    this.raw(value);
    return this;
  }

  /** Field of wire type 2: text. */
  text(field: number, value: string): this {
    return this.block(field, new TextEncoder().encode(value));
  }

  /** Field of wire type 2: a message inside. */
  message(field: number, value: ProtobufWriter): this {
    return this.block(field, value.bytes);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private block(field: number, value: ArrayLike<number>): this {
    this.raw((field << 3) | 2);
    this.raw(value.length);
    for (let index = 0; index < value.length; index++) this.bytes.push(value[index]!);
    return this;
  }

  /** Writes a base-128 varint, low groups first; negative numbers as their 64-bit two's complement. */
  private raw(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.bytes.push(Number(rest % 128n) | 128);
      rest /= 128n;
    }
    this.bytes.push(Number(rest));
  }
}
