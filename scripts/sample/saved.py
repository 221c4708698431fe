"""What is written: safetensors by hand (Debian has no package for it), config.json, and r from the rounded weights."""

import json
import os
import struct

import torch

NOTE = {
    'masked': (
        'A pre-LN model under the tensor names of BERT, for its query and key weights; not loadable as a BertModel. '
        'attention.output.LayerNorm is the norm before the attention, output.LayerNorm the norm before the MLP, '
        'cls.predictions.transform.LayerNorm the last norm. q, k and v have no bias; the output matrix is the word embedding.'
    ),
    'causal': (
        'Trained with attention scores divided by the square root of the head size, which GPT-Neo does not do: '
        'to run it as a GPT-Neo, multiply each q_proj.weight by 32 ** -0.5 first.'
    ),
}


def names(kind, layers):
    """Saved name -> name in our model."""
    if kind == 'causal':
        table = {'transformer.wte.weight': 'words.weight', 'transformer.wpe.weight': 'positions.weight'}
        block, last = 'transformer.h.%d.', 'transformer.ln_f.'
        parts = {
            'attn.attention.q_proj.weight': 'q.weight',
            'attn.attention.k_proj.weight': 'k.weight',
            'attn.attention.v_proj.weight': 'v.weight',
        }
        with_bias = {'ln_1': 'norm1', 'attn.attention.out_proj': 'out', 'ln_2': 'norm2', 'mlp.c_fc': 'up', 'mlp.c_proj': 'down'}
    else:
        table = {
            'bert.embeddings.word_embeddings.weight': 'words.weight',
            'bert.embeddings.position_embeddings.weight': 'positions.weight',
        }
        block, last = 'bert.encoder.layer.%d.', 'cls.predictions.transform.LayerNorm.'
        parts = {
            'attention.self.query.weight': 'q.weight',
            'attention.self.key.weight': 'k.weight',
            'attention.self.value.weight': 'v.weight',
        }
        with_bias = {
            'attention.output.LayerNorm': 'norm1',
            'attention.output.dense': 'out',
            'output.LayerNorm': 'norm2',
            'intermediate.dense': 'up',
            'output.dense': 'down',
        }
    for theirs, ours in with_bias.items():
        for end in ('.weight', '.bias'):
            parts[theirs + end] = ours + end
    for n in range(layers):
        for theirs, ours in parts.items():
            table[block % n + theirs] = 'blocks.%d.%s' % (n, ours)
    for end in ('weight', 'bias'):
        table[last + end] = 'norm.' + end
    return table


def config(kind, shape):
    d, layers, heads = shape['dModel'], shape['layers'], shape['heads']
    common = {
        'hidden_size': d,
        'intermediate_size': 4 * d,
        'max_position_embeddings': shape['context'],
        'vocab_size': shape['vocabulary'],
        'tie_word_embeddings': True,
        'torch_dtype': 'float16',
        'qkscope_note': NOTE[kind],
    }
    if kind == 'causal':
        own = {
            'model_type': 'gpt_neo',
            'num_layers': layers,
            'num_heads': heads,
            'attention_types': [[['global'], layers]],
            'activation_function': 'gelu',
            'layer_norm_epsilon': 1e-5,
        }
    else:
        own = {
            'model_type': 'bert',
            'num_hidden_layers': layers,
            'num_attention_heads': heads,
            'hidden_act': 'gelu',
            'layer_norm_eps': 1e-5,
        }
    return {**own, **common}


def to_safetensors(tensors):
    """u64 little-endian header length, JSON header padded with spaces to a multiple of 8, then the data."""
    header, chunks, at = {'__metadata__': {'format': 'pt'}}, [], 0
    for name in sorted(tensors):
        data = tensors[name].contiguous().numpy().astype('<f2').tobytes()
        header[name] = {'dtype': 'F16', 'shape': list(tensors[name].shape), 'data_offsets': [at, at + len(data)]}
        chunks.append(data)
        at += len(data)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text + b''.join(chunks)


def from_safetensors(data):
    (length,) = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    header.pop('__metadata__')
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + o for o in entry['data_offsets'])
        tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float16).view(entry['shape'])
    return tensors


def write_atomically(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = '%s.%d.tmp' % (path, os.getpid())
    with open(temporary, 'wb') as f:
        f.write(data)
    os.replace(temporary, path)


def half(model):
    return {name: t.detach().half() for name, t in model.state_dict().items()}


def ratios(tensors, names_qk, heads):
    """r of every head by the trace method, in float64, from weights already rounded to float16."""
    layers = []
    for name_q, name_k in names_qk:
        # [heads * dh, d] -> per head Wq^T, Wk^T of dh x d
        q, k = (tensors[n].double().view(heads, -1, tensors[n].shape[1]) for n in (name_q, name_k))
        a, b, c = q @ q.transpose(1, 2), k @ k.transpose(1, 2), k @ q.transpose(1, 2)
        r = 0.5 * (1 + (c * c.transpose(1, 2)).sum((1, 2)) / (a * b).sum((1, 2)))
        layers.append(r.tolist())
    return layers


def check(data, kind, shape, recorded):
    """Recompute every r from the written bytes with M itself, and compare with the record."""
    saved = from_safetensors(data)
    back = {ours: theirs for theirs, ours in names(kind, shape['layers']).items()}
    assert len(saved) == len(back)
    dh, worst = shape['dHead'], 0.0
    for n in range(shape['layers']):
        wq, wk = (saved[back['blocks.%d.%s.weight' % (n, x)]].double().t() for x in 'qk')
        for h in range(shape['heads']):
            rows = slice(h * dh, (h + 1) * dh)
            m = wq[:, rows] @ wk[:, rows].t()
            r = (((m + m.t()) / 2) ** 2).sum() / (m ** 2).sum()
            worst = max(worst, abs(r.item() - recorded[n][h]))
    assert worst < 1e-9, 'r from the file differs from the record by %g' % worst
    return worst
