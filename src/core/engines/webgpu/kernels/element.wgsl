// Shared head of scan.wgsl and unpack.wgsl: how one element is read from raw little-endian bytes, as the bits of an
// f32. Integer operations only: a shader compiler may flush subnormals and may assume that NaN and infinity don't
// occur.  raw: a window of a checkpoint's bytes, packed into words; elements may start at any byte. jobs: Job
// (structs.ts), one for each (part of a) head matrix in this window; an element is (outer, inner), inner the
// dimension that lies closer together in the file.

const F16 = 1u;
const BF16 = 2u;
const THREADS = 256u;
/// Elements that one workgroup takes; dispatchWorkgroups counts with it (ELEMENTS_PER_GROUP in loadLayer.ts).
const ELEMENTS_PER_GROUP = 4096u;

@group(0) @binding(0) var<storage, read> jobs: array<Job>;
@group(0) @binding(1) var<storage, read> raw: array<u32>;

/// Four bytes from any byte address. The buffer is one word longer than its bytes.
fn wordAt(byte: u32) -> u32 {
  let word = byte >> 2u;
  let shift = (byte & 3u) * 8u;
  let low = raw[word] >> shift;
  if (shift == 0u) {
    return low;
  }
  return low | (raw[word + 1u] << (32u - shift));
}

/// Bits of the f32 that equals an f16 (every f16 is a normal f32, zero, infinity or NaN).
fn halfToSingle(half: u32) -> u32 {
  let sign = (half & 0x8000u) << 16u;
  let exponent = (half >> 10u) & 0x1fu;
  let fraction = half & 0x3ffu;
  if (exponent == 0x1fu) {
    return sign | 0x7f800000u | (fraction << 13u);
  }
  if (exponent != 0u) {
    return sign | ((exponent + 112u) << 23u) | (fraction << 13u);
  }
  if (fraction == 0u) {
    return sign;
  }
  // Subnormal: fraction · 2⁻²⁴, so the leading bit at `lead` means 2^(lead − 24).
  let lead = firstLeadingBit(fraction);
  return sign | ((lead + 103u) << 23u) | ((fraction << (23u - lead)) & 0x7fffffu);
}

fn elementBits(job: Job, outer: u32, inner: u32) -> u32 {
  let word = wordAt(job.base + outer * job.outerStride + inner * job.innerStride);
  if (job.dtype == F16) {
    return halfToSingle(word & 0xffffu);
  }
  if (job.dtype == BF16) {
    return word << 16u;
  }
  return word;
}
