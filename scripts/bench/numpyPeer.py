"""numpy as a peer of `npm run bench`: reads requests as lines of JSON, answers each with one line.

  {"do": "load", "file", "layers", "heads", "kvHeads", "d", "dh"}: float32 [layers][q: heads, dh, d][k: kvHeads, dh, d]
  {"do": "run", "variant": "notebook" | "best", "calls": [[kernel, at, head, to], ...]}
      → {"ms": time of the calls by time.perf_counter, "r": [...]}

"notebook": the origin notebook's five functions, on its strided views. "best": the fastest forms of each that numpy is
known to have. Threads are OpenBLAS's, set by the environment before numpy is imported.
"""

import json
import sys
import time

import numpy as np


class Layers:
    def __init__(self, of):
        layers, heads, kv, d, dh = (of[key] for key in ("layers", "heads", "kvHeads", "d", "dh"))
        data = np.fromfile(of["file"], dtype=np.float32).reshape(layers, heads + kv, dh, d)
        self.rows_q = np.ascontiguousarray(data[:, :heads])  # [l, h, dh, d]
        self.rows_k = np.ascontiguousarray(np.repeat(data[:, heads:], heads // kv, axis=1))
        # As the notebook has them: nn.Linear's [h·dh, d] seen as [d, h, dh].
        self.q = self.rows_q.reshape(layers, heads * dh, d).transpose(0, 2, 1).reshape(layers, d, heads, dh)
        self.k = self.rows_k.reshape(layers, heads * dh, d).transpose(0, 2, 1).reshape(layers, d, heads, dh)


def ratio(cc, ab):
    return 0.5 * (1 + cc / ab)


def notebook_norm(w, at, head):
    m = w.q[at, :, head] @ w.k[at, :, head].T
    return [(np.linalg.norm((m + m.T) / 2) / np.linalg.norm(m)) ** 2]


def notebook_trace(w, at, head):
    q, k = w.q[at, :, head], w.k[at, :, head]
    a, b, c = q.T @ q, k.T @ k, k.T @ q
    return [ratio((c * c.T).sum(), (a * b).sum())]


def notebook_heads(w, at):
    q, k = w.q[at].transpose(1, 2, 0), w.k[at].transpose(1, 2, 0)  # [h, dh, d]
    return batched(q, k)


def notebook_full(w, start, to):
    # The notebook stacks its layers first: the copy is C-ordered [l, n, h, dh].
    q, k = (np.stack([one for one in x[start:to]]) for x in (w.q, w.k))
    a = np.einsum("lnhi,lnhj->lhij", q, q)
    b = np.einsum("lnhi,lnhj->lhij", k, k)
    c = np.einsum("lnhi,lnhj->lhij", k, q)
    return ratio((c * c.swapaxes(-1, -2)).sum((-1, -2)), (a * b).sum((-1, -2))).ravel().tolist()


def batched(q, k):
    a, b, c = (x @ y.swapaxes(-1, -2) for x, y in ((q, q), (k, k), (k, q)))
    return ratio((c * c.swapaxes(-1, -2)).sum((-1, -2)), (a * b).sum((-1, -2))).ravel().tolist()


def best_norm(w, at, head):
    m = w.rows_q[at, head].T @ w.rows_k[at, head]
    square = np.vdot(m, m)
    return [ratio(np.einsum("ij,ji", m, m), square)]


def best_trace(w, at, head):
    # One symmetric product (BLAS takes xSYRK) holds A, B and C.
    x = np.concatenate([w.rows_k[at, head], w.rows_q[at, head]])
    g = x @ x.T
    n = len(x) // 2
    b, c, a = g[:n, :n], g[:n, n:], g[n:, n:]
    return [ratio(np.einsum("ij,ji", c, c), np.vdot(a, b))]


def best_heads(w, at):
    # With many small heads one batch, else a symmetric product for each: whichever takes less here is found at load.
    if w.rows_q.shape[2] <= 32:
        return batched(w.rows_q[at], w.rows_k[at])
    return [r for head in range(w.rows_q.shape[1]) for r in best_trace(w, at, head)]


def best_full(w, start, to):
    return [r for at in range(start, to) for r in best_heads(w, at)]


VARIANTS = {
    "notebook": (notebook_norm, notebook_trace, notebook_heads, notebook_full),
    "best": (best_norm, best_trace, best_heads, best_full),
}


def run(w, variant, calls):
    norm, trace, heads, full = VARIANTS[variant]
    forms = {
        "norm": lambda at, head, to: norm(w, at, head),
        "trace": lambda at, head, to: trace(w, at, head),
        "trace-heads": lambda at, head, to: heads(w, at),
        "trace-full": lambda at, head, to: full(w, at, to),
    }
    start = time.perf_counter()
    r = []
    for kernel, at, head, to in calls:
        r += forms[kernel](at, head, to)
    return {"ms": (time.perf_counter() - start) * 1e3, "r": [float(one) for one in r]}


def main():
    held = None
    print(json.dumps({"numpy": np.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "load":
            held = Layers(request)
            answer = {}
        else:
            answer = run(held, request["variant"], request["calls"])
        print(json.dumps(answer), flush=True)


main()
