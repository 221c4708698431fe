// The register form: every thread reads its own rows' blocks. Without barriers in the loop it is the faster one
// where those are dear. See traceCommon.wgsl, which precedes this text.

const THREADS = 32u;
/// Heads of a workgroup.
const QUERIES_PER_GROUP = 1u;

@compute @workgroup_size(THREADS * QUERIES_PER_GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let n = params.rowVec4s;
  let pair = blockPair(group.x * THREADS + thread, n);
  var b = mat4x4<f32>();
  for (var member = 0u; member < params.queriesPerKey; member++) {
    let index = group.y * params.queriesPerKey + member;
    var result = vec2(0.0);
    var diagonal = 0.0;
    if (pair.z != 0u) {
      let head = table[params.first + index];
      let isFirst = member == 0u;
      var a = mat4x4<f32>();
      var c = mat4x4<f32>();
      var cT = mat4x4<f32>();
      for (var start = 0u; start < params.dModel; start += ROWS_PER_ACCUMULATION) {
        var aPartial = mat4x4<f32>();
        var bPartial = mat4x4<f32>();
        var cPartial = mat4x4<f32>();
        var cTPartial = mat4x4<f32>();
        let end = min(start + ROWS_PER_ACCUMULATION, params.dModel);
        // Two loops rather than a question in every row.
        if (isFirst) {
          for (var row = start; row < end; row++) {
            let q = head.x + row * n;
            let k = head.y + row * n;
            let qI = queries[q + pair.x];
            let qJ = queries[q + pair.y];
            let kI = keys[k + pair.x];
            let kJ = keys[k + pair.y];
            aPartial += outer(qI, qJ);
            bPartial += outer(kI, kJ);
            cPartial += outer(kI, qJ);
            cTPartial += outer(qI, kJ);
          }
          b += bPartial;
        } else {
          for (var row = start; row < end; row++) {
            let q = head.x + row * n;
            let k = head.y + row * n;
            let qI = queries[q + pair.x];
            let qJ = queries[q + pair.y];
            aPartial += outer(qI, qJ);
            cPartial += outer(keys[k + pair.x], qJ);
            cTPartial += outer(qI, keys[k + pair.y]);
          }
        }
        a += aPartial;
        c += cPartial;
        cT += cTPartial;
      }
      result = f32(pair.z) * vec2(sumOfProducts(c, cT), sumOfProducts(a, b));
      diagonal = select(0.0, sumOfDiagonal(a, b), pair.z == 1u);
    }
    writeSums(result, diagonal, thread, index, group.x, groups.x);
  }
}
