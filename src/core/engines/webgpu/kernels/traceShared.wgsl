// The shared-memory form: the workgroup's threads bring some rows of Wq and Wk together, in order, and read their blocks there. On a GPU
// whose loads must lie side by side to be fast it is the faster one.
// See traceCommon.wgsl, which precedes this text.

const THREADS = 64u;
/// vec4s of workgroup memory for rows: with `sums` below the 16 KiB that every device has.
const TILE_VEC4S = 960u;
const MOST_ROWS = 16u;

/// Rows of q, then of k: [rows][2 · rowVec4s].
var<workgroup> tile: array<vec4<f32>, TILE_VEC4S>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let n = params.rowVec4s;
  let pair = blockPair(group.x * THREADS + thread, n);
  let rowsAtOnce = clamp(TILE_VEC4S / (2u * n), 1u, MOST_ROWS);
  var b = mat4x4<f32>();
  for (var member = 0u; member < params.perKey; member++) {
    let index = group.y * params.perKey + member;
    let head = table[params.first + index];
    let isFirst = member == 0u;
    var a = mat4x4<f32>();
    var c = mat4x4<f32>();
    var cT = mat4x4<f32>();
    var a64 = mat4x4<f32>();
    var b64 = mat4x4<f32>();
    var c64 = mat4x4<f32>();
    var cT64 = mat4x4<f32>();
    var unfolded = 0u;
    for (var start = 0u; start < params.dModel; start += rowsAtOnce) {
      let rows = min(rowsAtOnce, params.dModel - start);
      workgroupBarrier();
      // Rows follow each other in memory: neighbouring threads load neighbouring vec4s.
      for (var at = thread; at < rows * n; at += THREADS) {
        let row = at / n;
        let to = at + row * n;
        tile[to] = queries[head.x + start * n + at];
        tile[to + n] = keys[head.y + start * n + at];
      }
      workgroupBarrier();
      // Threads without a pair compute with block 0 and count nothing: they must reach the barriers.
      if (isFirst) {
        for (var row = 0u; row < rows; row++) {
          let q = row * 2u * n;
          let qI = tile[q + pair.x];
          let qJ = tile[q + pair.y];
          let kI = tile[q + n + pair.x];
          let kJ = tile[q + n + pair.y];
          a64 += outer(qI, qJ);
          b64 += outer(kI, kJ);
          c64 += outer(kI, qJ);
          cT64 += outer(qI, kJ);
        }
      } else {
        for (var row = 0u; row < rows; row++) {
          let q = row * 2u * n;
          let qI = tile[q + pair.x];
          let qJ = tile[q + pair.y];
          a64 += outer(qI, qJ);
          c64 += outer(tile[q + n + pair.x], qJ);
          cT64 += outer(qI, tile[q + n + pair.y]);
        }
      }
      unfolded += rows;
      if (unfolded + rowsAtOnce > ROWS_PER_FOLD || start + rowsAtOnce >= params.dModel) {
        a += a64;
        b += b64;
        c += c64;
        cT += cT64;
        a64 = mat4x4<f32>();
        b64 = mat4x4<f32>();
        c64 = mat4x4<f32>();
        cT64 = mat4x4<f32>();
        unfolded = 0u;
      }
    }
    let result = f32(pair.z) * vec2(sumOfProducts(c, cT), sumOfProducts(a, b));
    writeSum(result, thread, params.outBase + index * groups.x + group.x);
  }
}
