// ‖(M + Mᵀ)/2‖² and ‖M‖² of one head, M = Wq Wkᵀ [d, d]: every element of M is formed, 2 · d² · dh operations, in pairs of
// 32 × 32 tiles (I, J) and (J, I), since Mᵢⱼ + Mⱼᵢ needs both. M is never stored whole.
// A workgroup takes one pair I ≤ J; a thread owns 4 × 4 elements of both tiles, rows and columns 8 apart.
//
// in:   params: Params (structs.ts, which declares it)
//       queries, keys: matrices [d][rowVec4s] of vec4, rescaled (unpack.wgsl)
//       table [heads]: where the head's Wq and Wk begin, in vec4s; params.first is the head
// out:  partials [groups.y][groups.x] of (‖(M+Mᵀ)/2‖², ‖M‖²), from params.outBase on; the CPU adds them in float64
// grid: x = n + 1, y = ⌈n / 2⌉ with n = ⌈d / 32⌉: rows y and n − 1 − y of the triangle of pairs make one row of n + 1

const THREADS = 64u;
const TILE = 32u;
/// vec4s of a row that lie in workgroup memory at a time.
const CHUNK = 4u;
/// One more than CHUNK, so that the rows that eight neighbouring threads read lie in different banks.
const ROW = 5u;
/// Chunks that are summed before the sum is added to a second accumulator: 64 terms.
const CHUNKS_PER_ACCUMULATION = 4u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> keys: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec2<f32>>;

var<workgroup> qI: array<vec4<f32>, 160>;
var<workgroup> qJ: array<vec4<f32>, 160>;
var<workgroup> kI: array<vec4<f32>, 160>;
var<workgroup> kJ: array<vec4<f32>, 160>;
var<workgroup> sums: array<vec2<f32>, 64>;

/// Tiles I ≤ J of a workgroup; z = 0 where the middle row of an odd triangle has no mirror.
fn tilePair(x: u32, y: u32, n: u32) -> vec3<u32> {
  if (x < n - y) {
    return vec3(y, y + x, 1u);
  }
  let mirror = n - 1u - y;
  return vec3(mirror, mirror + x - (n - y), select(1u, 0u, y == mirror));
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let slot = params.outBase + group.y * groups.x + group.x;
  let pair = tilePair(group.x, group.y, groups.x - 1u);
  if (pair.z == 0u) {
    if (thread == 0u) {
      partials[slot] = vec2(0.0);
    }
    return;
  }
  let d = params.dModel;
  let n = params.rowVec4s;
  let head = table[params.first];
  var upper = mat4x4<f32>(); // M[i, j]: row i of tile I, column j of tile J
  var lower = mat4x4<f32>(); // M[j, i]
  var upperPartial = mat4x4<f32>();
  var lowerPartial = mat4x4<f32>();
  let chunks = (n + CHUNK - 1u) / CHUNK;
  for (var chunk = 0u; chunk < chunks; chunk++) {
    for (var element = thread; element < TILE * CHUNK; element += THREADS) {
      let row = element / CHUNK;
      let column = element % CHUNK;
      let vec4At = chunk * CHUNK + column;
      let i = pair.x * TILE + row;
      let j = pair.y * TILE + row;
      let to = row * ROW + column;
      // Beyond the edges of the matrix zeros stand in, which add nothing.
      let hasI = i < d && vec4At < n;
      let hasJ = j < d && vec4At < n;
      let atI = select(0u, i * n + vec4At, hasI);
      let atJ = select(0u, j * n + vec4At, hasJ);
      qI[to] = select(vec4(0.0), queries[head.x + atI], hasI);
      kI[to] = select(vec4(0.0), keys[head.y + atI], hasI);
      qJ[to] = select(vec4(0.0), queries[head.x + atJ], hasJ);
      kJ[to] = select(vec4(0.0), keys[head.y + atJ], hasJ);
    }
    workgroupBarrier();
    for (var c = 0u; c < CHUNK; c++) {
      let j = local.x * ROW + c;
      let i = local.y * ROW + c;
      let kJ0 = kJ[j];
      let kJ1 = kJ[j + 8u * ROW];
      let kJ2 = kJ[j + 16u * ROW];
      let kJ3 = kJ[j + 24u * ROW];
      let qJ0 = qJ[j];
      let qJ1 = qJ[j + 8u * ROW];
      let qJ2 = qJ[j + 16u * ROW];
      let qJ3 = qJ[j + 24u * ROW];
      // Written out: an accumulator indexed by a loop variable would leave the registers.
      let q0 = qI[i];
      let k0 = kI[i];
      upperPartial[0] += vec4(dot(q0, kJ0), dot(q0, kJ1), dot(q0, kJ2), dot(q0, kJ3));
      lowerPartial[0] += vec4(dot(k0, qJ0), dot(k0, qJ1), dot(k0, qJ2), dot(k0, qJ3));
      let q1 = qI[i + 8u * ROW];
      let k1 = kI[i + 8u * ROW];
      upperPartial[1] += vec4(dot(q1, kJ0), dot(q1, kJ1), dot(q1, kJ2), dot(q1, kJ3));
      lowerPartial[1] += vec4(dot(k1, qJ0), dot(k1, qJ1), dot(k1, qJ2), dot(k1, qJ3));
      let q2 = qI[i + 16u * ROW];
      let k2 = kI[i + 16u * ROW];
      upperPartial[2] += vec4(dot(q2, kJ0), dot(q2, kJ1), dot(q2, kJ2), dot(q2, kJ3));
      lowerPartial[2] += vec4(dot(k2, qJ0), dot(k2, qJ1), dot(k2, qJ2), dot(k2, qJ3));
      let q3 = qI[i + 24u * ROW];
      let k3 = kI[i + 24u * ROW];
      upperPartial[3] += vec4(dot(q3, kJ0), dot(q3, kJ1), dot(q3, kJ2), dot(q3, kJ3));
      lowerPartial[3] += vec4(dot(k3, qJ0), dot(k3, qJ1), dot(k3, qJ2), dot(k3, qJ3));
    }
    workgroupBarrier();
    if ((chunk + 1u) % CHUNKS_PER_ACCUMULATION == 0u || chunk + 1u == chunks) {
      upper += upperPartial;
      lower += lowerPartial;
      upperPartial = mat4x4<f32>();
      lowerPartial = mat4x4<f32>();
    }
  }

  var symmetricSquare = 0.0;
  var normSquare = 0.0;
  for (var r = 0u; r < 4u; r++) {
    let symmetric = (upper[r] + lower[r]) * 0.5;
    symmetricSquare += dot(symmetric, symmetric);
    normSquare += dot(upper[r], upper[r]);
    if (pair.x != pair.y) {
      // Off the diagonal the tile (J, I) is this workgroup's too.
      symmetricSquare += dot(symmetric, symmetric);
      normSquare += dot(lower[r], lower[r]);
    }
  }
  sums[thread] = vec2(symmetricSquare, normSquare);
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (thread < width) {
      sums[thread] += sums[thread + width];
    }
  }
  if (thread == 0u) {
    partials[slot] = sums[0];
  }
}
