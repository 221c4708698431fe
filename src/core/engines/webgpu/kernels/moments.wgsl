// The products of two query heads g and h with their key heads: A_gh = Wq_gᵀWq_h, B_gh = Wk_gᵀWk_h, C_gh = Wk_gᵀWq_h and
// C_hg = Wk_hᵀWq_g [dh, dh], written out. For the head that is looked at, and for sums over a layer's heads; not for scoring.
// A thread owns one 4 × 4 block of each.
//
// in:   pair: Pair (structs.ts, which declares it)
//       queriesG, queriesH, keysG, keysH: matrices [d][rowVec4s] of vec4, rescaled (unpack.wgsl), from the pair's offsets on
// out:  products [4][4 · rowVec4s][rowVec4s] of vec4, from pair.outBase on
// grid: x, y = ⌈rowVec4s / 8⌉

/// As in traceCommon.wgsl.
const ROWS_PER_ACCUMULATION = 64u;

@group(0) @binding(0) var<uniform> pair: Pair;
@group(0) @binding(1) var<storage, read> queriesG: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> queriesH: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> keysG: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> keysH: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> products: array<vec4<f32>>;

/// x · yᵀ, as four rows.
fn outer(x: vec4<f32>, y: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(x.x * y, x.y * y, x.z * y, x.w * y);
}

fn write(index: u32, i: u32, j: u32, block: mat4x4<f32>) {
  let n = pair.rowVec4s;
  for (var row = 0u; row < 4u; row++) {
    products[pair.outBase + (index * 4u * n + i * 4u + row) * n + j] = block[row];
  }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n = pair.rowVec4s;
  if (id.x >= n || id.y >= n) {
    return;
  }
  let i = id.y;
  let j = id.x;
  var a = mat4x4<f32>();
  var b = mat4x4<f32>();
  var c = mat4x4<f32>();
  var cBack = mat4x4<f32>();
  for (var start = 0u; start < pair.dModel; start += ROWS_PER_ACCUMULATION) {
    var aPartial = mat4x4<f32>();
    var bPartial = mat4x4<f32>();
    var cPartial = mat4x4<f32>();
    var cBack64 = mat4x4<f32>();
    let end = min(start + ROWS_PER_ACCUMULATION, pair.dModel);
    for (var row = start; row < end; row++) {
      let base = row * n;
      let kgI = keysG[pair.kG + base + i];
      let qhJ = queriesH[pair.qH + base + j];
      aPartial += outer(queriesG[pair.qG + base + i], qhJ);
      bPartial += outer(kgI, keysH[pair.kH + base + j]);
      cPartial += outer(kgI, qhJ);
      cBack64 += outer(keysH[pair.kH + base + i], queriesG[pair.qG + base + j]);
    }
    a += aPartial;
    b += bPartial;
    c += cPartial;
    cBack += cBack64;
  }
  write(0u, i, j, a);
  write(1u, i, j, b);
  write(2u, i, j, c);
  write(3u, i, j, cBack);
}
