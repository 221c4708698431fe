"""numpy as a peer of `npm run bench`: reads requests as lines of JSON, answers each with one line.

  {"do": "load", "name", "file", "layers", "heads", "kvHeads", "d", "dh"}: float32 [layers][q: heads, dh, d][k: kvHeads, dh, d],
      held under its name beside the others; {"do": "drop"} lets all go
  {"do": "run", "name", "variant": "notebook" | "best", "calls": [[kernel, layer, head, to], ...]}
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
        self.heads_form = fastest(HEADS_FORMS, self)


def ratio(cc, ab):
    return 0.5 * (1 + cc / ab)


def notebook_norm(w, layer, head):
    m = w.q[layer, :, head] @ w.k[layer, :, head].T
    return [(np.linalg.norm((m + m.T) / 2) / np.linalg.norm(m)) ** 2]


def notebook_trace(w, layer, head):
    q, k = w.q[layer, :, head], w.k[layer, :, head]
    a, b, c = q.T @ q, k.T @ k, k.T @ q
    return [ratio((c * c.T).sum(), (a * b).sum())]


def notebook_heads(w, layer):
    q, k = w.q[layer].transpose(1, 2, 0), w.k[layer].transpose(1, 2, 0)  # [h, dh, d]
    return batched(q, k)


def notebook_full(w, start, to):
    # The notebook stacks its layers first: a copy [l, n, h, dh] that keeps the views' order of strides, n innermost.
    q, k = (np.stack([one for one in x[start:to]]) for x in (w.q, w.k))
    a = np.einsum("lnhi,lnhj->lhij", q, q)
    b = np.einsum("lnhi,lnhj->lhij", k, k)
    c = np.einsum("lnhi,lnhj->lhij", k, q)
    return ratio((c * c.swapaxes(-1, -2)).sum((-1, -2)), (a * b).sum((-1, -2))).ravel().tolist()


def batched(q, k):
    a, b, c = (x @ y.swapaxes(-1, -2) for x, y in ((q, q), (k, k), (k, q)))
    return ratio((c * c.swapaxes(-1, -2)).sum((-1, -2)), (a * b).sum((-1, -2))).ravel().tolist()


def best_norm(w, layer, head):
    m = w.rows_q[layer, head].T @ w.rows_k[layer, head]
    square = np.vdot(m, m)
    return [ratio(np.einsum("ij,ji", m, m), square)]


def best_trace(w, layer, head):
    # One symmetric product (BLAS takes xSYRK) holds A, B and C.
    x = np.concatenate([w.rows_k[layer, head], w.rows_q[layer, head]])
    g = x @ x.T
    n = len(x) // 2
    b, c, a = g[:n, :n], g[:n, n:], g[n:, n:]
    return [ratio(np.einsum("ij,ji", c, c), np.vdot(a, b))]


def heads_in_one_batch(w, layer):
    return batched(w.rows_q[layer], w.rows_k[layer])


def heads_one_by_one(w, layer):
    # A symmetric product for each.
    return [r for head in range(w.rows_q.shape[1]) for r in best_trace(w, layer, head)]


HEADS_FORMS = (heads_in_one_batch, heads_one_by_one)


def fastest(forms, w):
    """Whichever takes least on the first layer: the best of some rounds of each, in turns, the first of them not counted."""
    best = [float("inf")] * len(forms)
    start = time.perf_counter()
    rounds = 0
    # A tenth of a second tells small heads apart; large ones need no more than three rounds.
    while rounds < 3 or (rounds < 50 and time.perf_counter() - start < 0.1):
        for i, form in enumerate(forms):
            began = time.perf_counter()
            form(w, 0)
            if rounds > 0:
                best[i] = min(best[i], time.perf_counter() - began)
        rounds += 1
    return forms[best.index(min(best))]


def best_heads(w, layer):
    return w.heads_form(w, layer)


def best_full(w, start, to):
    return [r for layer in range(start, to) for r in best_heads(w, layer)]


VARIANTS = {
    "notebook": (notebook_norm, notebook_trace, notebook_heads, notebook_full),
    "best": (best_norm, best_trace, best_heads, best_full),
}


def run(w, variant, calls):
    norm, trace, heads, full = VARIANTS[variant]
    forms = {
        "norm": lambda layer, head, to: norm(w, layer, head),
        "trace": lambda layer, head, to: trace(w, layer, head),
        "trace-heads": lambda layer, head, to: heads(w, layer),
        "trace-full": lambda layer, head, to: full(w, layer, to),
    }
    start = time.perf_counter()
    r = []
    for kernel, layer, head, to in calls:
        r += forms[kernel](layer, head, to)
    return {"ms": (time.perf_counter() - start) * 1e3, "r": [float(one) for one in r]}


def main():
    held = {}
    print(json.dumps({"numpy": np.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "load":
            held[request["name"]] = layers = Layers(request)
            answer = {"headsForm": layers.heads_form.__name__}
        elif request["do"] == "drop":
            held.clear()
            answer = {}
        else:
            answer = run(held[request["name"]], request["variant"], request["calls"])
        print(json.dumps(answer), flush=True)


main()
