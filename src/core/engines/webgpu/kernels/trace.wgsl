// tr(CC) = Σᵢⱼ Cᵢⱼ Cⱼᵢ and tr(AB) = Σᵢⱼ Aᵢⱼ Bᵢⱼ of many heads, with A = WqᵀWq, B = WkᵀWk, C = WkᵀWq [dh, dh].
// A thread owns one pair (I ≤ J) of 4-column blocks and keeps that 4 × 4 block of A, B, C and Cᵀ in registers over all
// d rows; its products are taken there, so no Gram matrix is ever written. M is never formed.
//
// in:   queries, keys: matrices [d][rowVec4s] of vec4, rescaled (unpack.wgsl)
//       table [heads]: where the head's Wq and Wk begin, in vec4s
// out:  partials [heads][groups.x] of (ΣC∘Cᵀ, ΣA∘B), from params.outBase on; the CPU adds them in float64
// grid: x = ⌈(n + 1) · ⌈n / 2⌉ / 32⌉ with n = rowVec4s, y = heads, from params.first on

struct Params {
  dModel: u32,
  rowVec4s: u32,
  first: u32,
  outBase: u32,
}

const THREADS = 32u;
/// Rows that are summed before the sum is folded into a second accumulator: plain f32 sums over d = 4096 rows lose
/// up to 5e-6 of r, sums in blocks of 64 about 1e-7.
const ROWS_PER_FOLD = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec2<f32>>;

var<workgroup> sums: array<vec2<f32>, 32>;

/// x · yᵀ, as four rows.
fn outer(x: vec4<f32>, y: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(x.x * y, x.y * y, x.z * y, x.w * y);
}

fn sumOfProducts(x: mat4x4<f32>, y: mat4x4<f32>) -> f32 {
  return (dot(x[0], y[0]) + dot(x[1], y[1])) + (dot(x[2], y[2]) + dot(x[3], y[3]));
}

/// The block pair (i ≤ j) numbered `at` and how often it counts (0: no such pair): rows y and n − 1 − y of the triangle make one row of n + 1.
fn blockPair(at: u32, n: u32) -> vec3<u32> {
  let y = at / (n + 1u);
  let x = at % (n + 1u);
  let mirror = n - 1u - y;
  if (y > mirror) {
    return vec3(0u);
  }
  if (x < n - y) {
    return vec3(y, y + x, select(2u, 1u, x == 0u));
  }
  if (y == mirror) {
    return vec3(0u);
  }
  let beyond = x - (n - y);
  return vec3(mirror, mirror + beyond, select(2u, 1u, beyond == 0u));
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let n = params.rowVec4s;
  let at = group.x * THREADS + thread;
  var pair = vec3(0u);
  if (at < (n + 1u) * ((n + 1u) / 2u)) {
    pair = blockPair(at, n);
  }
  var result = vec2(0.0);
  if (pair.z != 0u) {
    let head = table[params.first + group.y];
    var a = mat4x4<f32>();
    var b = mat4x4<f32>();
    var c = mat4x4<f32>();
    var cT = mat4x4<f32>();
    for (var start = 0u; start < params.dModel; start += ROWS_PER_FOLD) {
      var a64 = mat4x4<f32>();
      var b64 = mat4x4<f32>();
      var c64 = mat4x4<f32>();
      var cT64 = mat4x4<f32>();
      let end = min(start + ROWS_PER_FOLD, params.dModel);
      for (var row = start; row < end; row++) {
        let q = head.x + row * n;
        let k = head.y + row * n;
        let qI = queries[q + pair.x];
        let qJ = queries[q + pair.y];
        let kI = keys[k + pair.x];
        let kJ = keys[k + pair.y];
        a64 += outer(qI, qJ);
        b64 += outer(kI, kJ);
        c64 += outer(kI, qJ);
        cT64 += outer(qI, kJ);
      }
      a += a64;
      b += b64;
      c += c64;
      cT += cT64;
    }
    result = f32(pair.z) * vec2(sumOfProducts(c, cT), sumOfProducts(a, b));
  }

  sums[thread] = result;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (thread < width) {
      sums[thread] += sums[thread + width];
    }
  }
  if (thread == 0u) {
    partials[params.outBase + group.y * groups.x + group.x] = sums[0];
  }
}
