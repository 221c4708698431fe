// Shared head of traceRegister.wgsl and traceShared.wgsl: tr(CC) = Σᵢⱼ Cᵢⱼ Cⱼᵢ and tr(AB) = Σᵢⱼ Aᵢⱼ Bᵢⱼ of many heads, with
// A = WqᵀWq, B = WkᵀWk, C = WkᵀWq [dh, dh]. A thread owns one pair (I ≤ J) of 4-column blocks and keeps that 4 × 4 block of A,
// B, C and Cᵀ in registers over all d rows; its products are taken there, so no Gram matrix is ever written. M is never formed.
// Query heads that share a key head are taken by the same workgroup: B is computed once for all.
//
// in:   params: Params (structs.ts, which declares it)
//       queries, keys: matrices [d][rowVec4s] of vec4, rescaled (unpack.wgsl)
//       table [heads]: where the head's Wq and Wk begin, in vec4s
// out:  partials [heads][2][groups.x], from params.outBase on: of (ΣC∘Cᵀ, ΣA∘B), then of (Σᵢ Aᵢᵢ Bᵢᵢ, 0); the CPU adds them in float64
// THREADS, a power of two, are a head's threads of a workgroup, which has QUERIES_PER_GROUP heads.
// grid: x = ⌈(n + 1) · ⌈n / 2⌉ / THREADS⌉ with n = rowVec4s, y = heads / params.queriesPerKey, from params.first on

/// Rows that are summed before the sum is added to a second accumulator: plain f32 sums over d = 4096 rows lose
/// up to 5e-6 of r, sums in blocks of 64 about 1e-7.
const ROWS_PER_ACCUMULATION = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec2<f32>>;

var<workgroup> sums: array<vec2<f32>, THREADS * QUERIES_PER_GROUP>;

/// x · yᵀ, as four rows.
fn outer(x: vec4<f32>, y: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(x.x * y, x.y * y, x.z * y, x.w * y);
}

fn sumOfProducts(x: mat4x4<f32>, y: mat4x4<f32>) -> f32 {
  return (dot(x[0], y[0]) + dot(x[1], y[1])) + (dot(x[2], y[2]) + dot(x[3], y[3]));
}

/// Of the two matrices' diagonals.
fn sumOfDiagonal(x: mat4x4<f32>, y: mat4x4<f32>) -> f32 {
  return (x[0].x * y[0].x + x[1].y * y[1].y) + (x[2].z * y[2].z + x[3].w * y[3].w);
}

/// The block pair (i ≤ j) of this number and how often it counts (0: no such pair): rows y and n − 1 − y of the
/// triangle make one row of n + 1.
fn blockPair(number: u32, n: u32) -> vec3<u32> {
  let y = number / (n + 1u);
  let x = number % (n + 1u);
  if (y >= (n + 1u) / 2u) {
    return vec3(0u);
  }
  let mirror = n - 1u - y;
  if (x < n - y) {
    return vec3(y, y + x, select(2u, 1u, x == 0u));
  }
  if (y == mirror) {
    return vec3(0u);
  }
  let beyond = x - (n - y);
  return vec3(mirror, mirror + beyond, select(2u, 1u, beyond == 0u));
}

/// Adds the results of each head's threads, and writes the group's: `ab` and `cc` whole, and of A∘B the diagonal,
/// which only pairs I = J have.
fn writeSums(result: vec2<f32>, diagonal: f32, thread: u32, index: u32, group: u32, groups: u32) {
  let slot = params.outBase + 2u * index * groups + group;
  writeSum(result, thread, slot);
  writeSum(vec2(diagonal, 0.0), thread, slot + groups);
}

fn writeSum(result: vec2<f32>, thread: u32, slot: u32) {
  sums[thread] = result;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (thread % THREADS < width) {
      sums[thread] += sums[thread + width];
    }
  }
  if (thread % THREADS == 0u) {
    partials[slot] = sums[thread];
  }
  // The next head must not write before the last sum is read.
  workgroupBarrier();
}
