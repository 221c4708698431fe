#!/usr/bin/python3
"""Trains QKScope's bundled sample: two small sister transformers on the same text.

One is bidirectional (masked words), one autoregressive (next word); everything else is the same, down to the
starting weights and the order of the windows. Writes, under --out (default: public/sample):
  masked/model.safetensors, causal/model.safetensors (float16) and a config.json beside each;
  training.json: settings, baselines, and for every run the losses and every head's r as training went on.

On a fresh Debian 12:
  apt-get install --no-install-recommends python3-torch libopenblas0-pthread bible-kjv
(without libopenblas0-pthread the matrix products are about twenty times slower), then
  /usr/bin/python3 scripts/sample/train.py
It takes about 25 minutes a model on one core and under 1 GB of memory. With two cores, run `--kind masked` and
`--kind causal` side by side: they share training.json safely. A quick try: `--steps 20 --out /tmp/sample`.
Further seeds for the record only: `--seed 1 --record-only`.

  --kind masked|causal|both   which sister (both: one after the other)
  --seed N                    starting weights, windows and masks (0)
  --steps N                   training steps (4000)
  --record-every N            steps between two records (100)
  --record-only               add the run to training.json, leave the models alone
  --out DIR                   where to write
  --threads N                 threads for the matrix products (1; the sample was made with 1)

The same seed, machine, library versions and thread count give the same weights; elsewhere the last digits of the sums differ and
training drifts apart, to a similar end. training.json holds runs of one text, model and training only: for
others, choose another --out or delete the file.
"""

import argparse
import fcntl
import json
import math
import os
import statistics
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))

MODEL = {
    'dModel': 128, 'layers': 4, 'heads': 4, 'dHead': 32, 'context': 64, 'vocabulary': 1000, 'initStd': 0.02,
    'architecture': 'pre-LN, MLP of 4 d with GELU, learnt positions, tied embeddings, q, k and v without bias, no dropout',
}
TRAINING = {
    'steps': 4000, 'batch': 32, 'optimizer': 'AdamW', 'betas': [0.9, 0.98], 'weightDecay': 0.1,
    'learningRate': 2e-3, 'warmup': 200, 'schedule': 'linear warm-up, then cosine to a tenth', 'clip': 1.0,
    'masked': '20 % of the words chosen: 80 % <mask>, 10 % random, 10 % kept',
    'maskedHeldOut': 'five fixed passes, each hiding another fifth of the words with <mask>',
    'causal': 'next word',
}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kind', choices=['masked', 'causal', 'both'], default='both')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--steps', type=int, default=TRAINING['steps'])
    parser.add_argument('--record-every', type=int, default=100)
    parser.add_argument('--record-only', action='store_true')
    parser.add_argument('--out', default=os.path.join(HERE, '..', '..', 'public', 'sample'))
    parser.add_argument('--threads', type=int, default=1)
    opts = parser.parse_args()
    if min(opts.steps, opts.record_every, opts.threads) < 1:
        parser.error('--steps, --record-every and --threads must be at least 1')
    return opts


opts = options()
# The libraries read these when they are loaded, so the imports come after.
for variable in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'):
    os.environ[variable] = str(opts.threads)

import torch  # noqa: E402

import model as sister  # noqa: E402
import saved  # noqa: E402
import text as words  # noqa: E402

torch.set_num_threads(opts.threads)
torch.use_deterministic_algorithms(True)


def learning_rate(step, training):
    if step < training['warmup']:
        return training['learningRate'] * (step + 1) / training['warmup']
    done = (step - training['warmup']) / max(1, training['steps'] - training['warmup'])
    return training['learningRate'] * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done)))


def train(kind, seed, text, training, record_every):
    """One run: the trained model and its records."""
    torch.manual_seed(seed)
    model = sister.Sister(kind, MODEL)
    # Its own generator for the masks, so that both sisters draw the same windows.
    window_lot, mask_lot = (torch.Generator().manual_seed(1000 * n + seed) for n in (1, 2))
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{'params': matrices, 'weight_decay': training['weightDecay']}, {'params': vectors, 'weight_decay': 0.0}],
        betas=training['betas'],
    )
    names_qk = [('blocks.%d.q.weight' % n, 'blocks.%d.k.weight' % n) for n in range(MODEL['layers'])]
    records, losses, began = [], [], time.time()

    def record(step):
        last = step == training['steps']
        rounded = saved.half(model)
        if last:
            # The last figures are those of the file, not of the weights before rounding.
            model.load_state_dict({name: t.float() for name, t in rounded.items()})
        r = saved.ratios(rounded, names_qk, MODEL['heads'])
        held = sister.held_out_loss(model, kind, text.held)
        train_loss = sum(losses) / len(losses) if losses else None
        losses.clear()
        records.append({
            'step': step,
            'trainLoss': train_loss and round(train_loss, 4),
            'heldOutLoss': round(held, 4),
            'r': r if last else [[round(x, 6) for x in layer] for layer in r],
        })
        s = [2 * x - 1 for layer in r for x in layer]
        print('%s seed %d step %d: train %s held out %.4f median s %.4f (%d s)' % (
            kind, seed, step, '-' if train_loss is None else '%.4f' % train_loss, held,
            statistics.median(s), time.time() - began), flush=True)

    record(0)
    for step in range(training['steps']):
        for group in optimizer.param_groups:
            group['lr'] = learning_rate(step, training)
        loss = sister.loss(model, kind, text.windows(training['batch'], window_lot), mask_lot)
        if not math.isfinite(loss.item()):
            raise SystemExit('%s: the loss is %s at step %d' % (kind, loss.item(), step))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), training['clip'])
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % record_every == 0 or step + 1 == training['steps']:
            record(step + 1)
    return model, records


def merge(path, head, run=None):
    """training.json with this run put in; stops if the file speaks of other settings."""
    try:
        with open(path) as f:
            document = json.load(f)
    except FileNotFoundError:
        document = {**head, 'runs': []}
    differing = [key for key in head if document.get(key) != head[key]]
    if differing:
        raise SystemExit('%s has other settings (%s): choose another --out or delete it' % (path, ', '.join(differing)))
    if run is None:
        return document
    others = [o for o in document['runs'] if (o['kind'], o['seed']) != (run['kind'], run['seed'])]
    for other in others:
        # Only one run of a kind can be the one whose model lies beside.
        if run['bundled'] and other['kind'] == run['kind']:
            other['bundled'] = False
    order = ['masked', 'causal']
    document['runs'] = sorted(others + [run], key=lambda o: (o['seed'], order.index(o['kind'])))
    return document


def layout(document):
    """Compact JSON with a line for each record, so that a diff can be read."""
    runs = []
    for run in document['runs']:
        steps = ',\n'.join(json.dumps(step, separators=(',', ':')) for step in run['steps'])
        rest = json.dumps({k: v for k, v in run.items() if k != 'steps'})
        runs.append('%s, "steps": [\n%s\n]}' % (rest[:-1], steps))
    parts = ['%s: %s' % (json.dumps(k), json.dumps(v)) for k, v in document.items() if k != 'runs']
    return '{\n%s,\n"runs": [\n%s\n]\n}\n' % (',\n'.join(parts), ',\n'.join(runs))


def write(out, kind, model, head, run):
    data = saved.to_safetensors({theirs: saved.half(model)[ours] for theirs, ours in saved.names(kind, MODEL['layers']).items()})
    last = run['steps'][-1]['r']
    worst = saved.check(data, kind, MODEL, last)
    os.makedirs(out, exist_ok=True)
    # The other sister may finish at the same moment.
    with open(os.path.join(out, '.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = os.path.join(out, 'training.json')
        document = merge(path, head, run)
        if run['bundled']:
            file = os.path.join(out, kind, 'model.safetensors')
            saved.write_atomically(file, data)
            config = json.dumps(saved.config(kind, MODEL), indent=2) + '\n'
            saved.write_atomically(os.path.join(out, kind, 'config.json'), config.encode())
            with open(file, 'rb') as f:
                worst = saved.check(f.read(), kind, MODEL, last)
        saved.write_atomically(path, layout(document).encode())
    print('%s: written to %s; r from M in the file and the record differ by at most %.1e' % (kind, out, worst), flush=True)


def main():
    training = {**TRAINING, 'steps': opts.steps, 'warmup': min(TRAINING['warmup'], max(1, opts.steps // 20))}
    out = os.path.abspath(opts.out)
    text = words.Text(MODEL['vocabulary'], MODEL['context'])
    parameters = sum(p.numel() for p in sister.Sister('masked', MODEL).parameters())
    head = {
        'schema': 'qkscope/sample-training', 'version': 1, 'text': text.facts,
        'model': {**MODEL, 'parameters': parameters}, 'training': training, 'baselines': words.baselines(text),
    }
    merge(os.path.join(out, 'training.json'), head)  # better to stop now than after the training
    print('baselines:', head['baselines'], flush=True)
    for kind in ['masked', 'causal'] if opts.kind == 'both' else [opts.kind]:
        model, records = train(kind, opts.seed, text, training, opts.record_every)
        run = {
            'kind': kind, 'seed': opts.seed, 'bundled': not opts.record_only,
            'torch': torch.__version__, 'threads': opts.threads, 'steps': records,
        }
        write(out, kind, model, head, run)


if __name__ == '__main__':
    main()
