// Raw elements to canonical f32: transposed to [d][dh], multiplied by the power of two that brings the matrix's largest
// magnitude into [0.5, 1), so that no later product or sum overflows or sinks into subnormals.
//
// in:   jobs, raw (element.wgsl, which precedes this text), maxima [matrices] (scan.wgsl)
// out:  work, f32 bits, one matrix [d][rowElements] after the other; rowElements = dh rounded up to 4, the rest stays 0
// grid: x = elements of the largest job / ELEMENTS_PER_GROUP, y = jobs

@group(0) @binding(2) var<storage, read> maxima: array<u32>;
@group(0) @binding(3) var<storage, read_write> work: array<u32>;

/// e with 2^(e−1) ≤ |x| < 2^e, for the bits of a finite |x|. The same as exponentOfBits in magnitude.ts.
fn exponentOfBits(magnitude: u32) -> i32 {
  if (magnitude == 0u) {
    return 0;
  }
  if (magnitude < 0x800000u) {
    return i32(firstLeadingBit(magnitude)) - 148;
  }
  return i32(magnitude >> 23u) - 126;
}

/// Bits of x · 2^−e, |x| < 2^e. What would be subnormal becomes 0: it is below 2⁻¹²⁵ of the largest element.
fn scaled(bits: u32, e: i32) -> u32 {
  var exponent = i32((bits >> 23u) & 0xffu);
  var fraction = bits & 0x7fffffu;
  if (exponent == 0) {
    if (fraction == 0u) {
      return 0u;
    }
    let shift = 23u - firstLeadingBit(fraction);
    fraction = (fraction << shift) & 0x7fffffu;
    exponent = 1 - i32(shift);
  }
  exponent -= e;
  if (exponent <= 0) {
    return 0u;
  }
  return (bits & 0x80000000u) | (u32(exponent) << 23u) | fraction;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = jobs[group.y];
  let e = exponentOfBits(maxima[job.matrix]);
  let end = min((group.x + 1u) * ELEMENTS_PER_GROUP, job.outerCount * job.innerCount);
  for (var element = group.x * ELEMENTS_PER_GROUP + thread; element < end; element += THREADS) {
    let outer = element / job.innerCount;
    let inner = element - outer * job.innerCount;
    work[job.outBase + outer * job.outOuterStride + inner * job.outInnerStride] =
      scaled(elementBits(job, outer, inner), e);
  }
}
