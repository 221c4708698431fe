// Largest magnitude of each head matrix, as f32 bits without the sign. From 0x7f800000 on, an element is infinite or NaN.
//
// in:   jobs, raw (element.wgsl, which precedes this text)
// out:  maxima [matrices], zero before
// grid: x = elements of the largest job / ELEMENTS_PER_GROUP, y = jobs

@group(0) @binding(2) var<storage, read_write> maxima: array<atomic<u32>>;

var<workgroup> groupMaximum: atomic<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = jobs[group.y];
  let end = min((group.x + 1u) * ELEMENTS_PER_GROUP, job.outerCount * job.innerCount);
  var maximum = 0u;
  for (var element = group.x * ELEMENTS_PER_GROUP + thread; element < end; element += THREADS) {
    let outer = element / job.innerCount;
    maximum = max(maximum, elementBits(job, outer, element - outer * job.innerCount) & 0x7fffffffu);
  }
  atomicMax(&groupMaximum, maximum);
  workgroupBarrier();
  if (thread == 0u) {
    atomicMax(&maxima[job.matrix], atomicLoad(&groupMaximum));
  }
}
