import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../../../../src/core/engines/ort/onnxGraph.ts';
import { ProtobufWriter } from '../../../../../src/core/engines/ort/protobuf.ts';

describe('ProtobufWriter', () => {
  // The first two are the encoding guide's own examples (protobuf.dev/programming-guides/encoding).
  it.each([
    ['a varint of two groups', new ProtobufWriter().varint(1, 150), [0x08, 0x96, 0x01]],
    ['text', new ProtobufWriter().text(2, 'testing'), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]],
    [
      'a message inside',
      new ProtobufWriter().message(3, new ProtobufWriter().varint(1, 150)),
      [0x1a, 0x03, 0x08, 0x96, 0x01],
    ],
    ['a field number over 15', new ProtobufWriter().varint(20, 7), [0xa0, 0x01, 0x07]],
    [
      '−1, in ten bytes',
      new ProtobufWriter().varint(1, -1),
      [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ],
  ])('%s', (_, writer, bytes) => {
    expect([...writer.finish()]).toEqual(bytes);
  });

  it('starts an ONNX model with its IR version and names its operations', () => {
    const bytes = encodeModel({
      inputs: [{ name: 'x', rank: 2 }],
      outputs: [{ name: 'y', rank: 2 }],
      nodes: [{ op: 'Transpose', inputs: ['x'], outputs: ['y'] }],
      constants: {},
    });
    expect([...bytes.slice(0, 2)]).toEqual([0x08, 8]);
    expect(new TextDecoder('latin1').decode(bytes)).toContain('Transpose');
  });
});
