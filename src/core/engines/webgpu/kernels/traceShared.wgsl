// The shared-memory form: the workgroup's threads bring some rows of Wq and Wk together, in order, and read their
// blocks there. On a GPU whose loads must lie side by side to be fast it is the faster one. Where query heads share
// a key head, QUERIES_PER_GROUP of them are taken at once, each by THREADS of the workgroup's threads: the key
// head's rows are brought once for all of these, and the rows of B's sum are divided among them. See
// traceCommon.wgsl, which precedes this text.

const THREADS = 64u;
/// 1, 2 or 4; divides params.queriesPerKey.
override QUERIES_PER_GROUP: u32 = 1u;
/// vec4s of workgroup memory for rows: with `sums` the 16 KiB that every device has.
const TILE_VEC4S = 896u;
const MAX_ROWS = 16u;

/// Rows of k, then of each q: [1 + QUERIES_PER_GROUP][rows][rowVec4s]; between two passes the parts of B.
var<workgroup> tile: array<vec4<f32>, TILE_VEC4S>;

@compute @workgroup_size(THREADS * QUERIES_PER_GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let n = params.rowVec4s;
  let lane = thread % THREADS;
  let query = thread / THREADS;
  let pair = blockPair(group.x * THREADS + lane, n);
  let rowsAtOnce = clamp(TILE_VEC4S / ((1u + QUERIES_PER_GROUP) * n), 1u, MAX_ROWS);
  var b = mat4x4<f32>();
  for (var member = 0u; member < params.queriesPerKey; member += QUERIES_PER_GROUP) {
    let index = group.y * params.queriesPerKey + member;
    let key = table[params.first + index].y;
    let isFirst = member == 0u;
    var a = mat4x4<f32>();
    var c = mat4x4<f32>();
    var cT = mat4x4<f32>();
    var aPartial = mat4x4<f32>();
    var bPartial = mat4x4<f32>();
    var cPartial = mat4x4<f32>();
    var cTPartial = mat4x4<f32>();
    var pendingRows = 0u;
    for (var start = 0u; start < params.dModel; start += rowsAtOnce) {
      let rows = min(rowsAtOnce, params.dModel - start);
      workgroupBarrier();
      // Rows follow each other in memory: neighbouring threads load neighbouring vec4s.
      for (var element = thread; element < rows * n; element += THREADS * QUERIES_PER_GROUP) {
        tile[element] = keys[key + start * n + element];
      }
      for (var element = lane; element < rows * n; element += THREADS) {
        tile[(1u + query) * rows * n + element] = queries[table[params.first + index + query].x + start * n + element];
      }
      workgroupBarrier();
      // Threads without a pair compute with block 0 and count nothing: they must reach the barriers.
      let queryRows = (1u + query) * rows * n;
      if (isFirst && QUERIES_PER_GROUP == 1u) {
        for (var k = 0u; k < rows * n; k += n) {
          let qI = tile[queryRows + k + pair.x];
          let qJ = tile[queryRows + k + pair.y];
          let kI = tile[k + pair.x];
          let kJ = tile[k + pair.y];
          aPartial += outer(qI, qJ);
          bPartial += outer(kI, kJ);
          cPartial += outer(kI, qJ);
          cTPartial += outer(qI, kJ);
        }
      } else {
        for (var k = 0u; k < rows * n; k += n) {
          let qI = tile[queryRows + k + pair.x];
          let qJ = tile[queryRows + k + pair.y];
          aPartial += outer(qI, qJ);
          cPartial += outer(tile[k + pair.x], qJ);
          cTPartial += outer(qI, tile[k + pair.y]);
        }
        if (isFirst) {
          for (var k = query * n; k < rows * n; k += QUERIES_PER_GROUP * n) {
            bPartial += outer(tile[k + pair.x], tile[k + pair.y]);
          }
        }
      }
      pendingRows += rows;
      if (pendingRows + rowsAtOnce > ROWS_PER_ACCUMULATION || start + rowsAtOnce >= params.dModel) {
        a += aPartial;
        b += bPartial;
        c += cPartial;
        cT += cTPartial;
        aPartial = mat4x4<f32>();
        bPartial = mat4x4<f32>();
        cPartial = mat4x4<f32>();
        cTPartial = mat4x4<f32>();
        pendingRows = 0u;
      }
    }
    if (isFirst && QUERIES_PER_GROUP > 1u) {
      // A row of the blocks at a time: all four would need more than the tile.
      for (var row = 0u; row < 4u; row++) {
        workgroupBarrier();
        tile[thread] = b[row];
        workgroupBarrier();
        b[row] = vec4<f32>();
        for (var part = 0u; part < QUERIES_PER_GROUP; part++) {
          b[row] += tile[part * THREADS + lane];
        }
      }
    }
    let result = f32(pair.z) * vec2(sumOfProducts(c, cT), sumOfProducts(a, b));
    let diagonal = select(0.0, sumOfDiagonal(a, b), pair.z == 1u);
    writeSums(result, diagonal, thread, index + query, group.x, groups.x);
  }
}
