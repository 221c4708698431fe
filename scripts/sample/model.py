"""One transformer for both sisters: only the attention mask and the task differ."""

import torch
import torch.nn.functional as F
from torch import nn

from text import FIRST_WORD, MASK

CHOSEN = 0.2
EVAL_PASSES = 5


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        # No bias on q, k and v, as in GPT-Neo: the scores then rest on M = Wq Wk^T alone.
        self.q, self.k, self.v = (nn.Linear(d, d, bias=False) for _ in range(3))
        self.out = nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x, hidden):
        b, n, d = x.shape
        y = self.norm1(x)
        q, k, v = (f(y).view(b, n, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(-1, -2) / (d // self.heads) ** 0.5
        if hidden is not None:
            scores = scores + hidden
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d)
        x = x + self.out(mixed)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Sister(nn.Module):
    def __init__(self, kind, shape):
        super().__init__()
        d = shape['dModel']
        self.words = nn.Embedding(shape['vocabulary'], d)
        self.positions = nn.Embedding(shape['context'], d)
        self.blocks = nn.ModuleList(Block(d, shape['heads']) for _ in range(shape['layers']))
        self.norm = nn.LayerNorm(d)
        n = shape['context']
        hidden = torch.full((n, n), float('-inf')).triu(1) if kind == 'causal' else None
        self.register_buffer('hidden', hidden, persistent=False)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=shape['initStd'])
        for block in self.blocks:
            nn.init.zeros_(block.out.bias)
            nn.init.zeros_(block.up.bias)
            nn.init.zeros_(block.down.bias)

    def forward(self, tokens, wanted=None):
        """Logits at every position, or at the wanted ones only."""
        x = self.words(tokens) + self.positions.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x, self.hidden)
        x = self.norm(x if wanted is None else x[wanted])
        return x @ self.words.weight.t()


def loss(model, kind, windows, generator):
    """Training loss on windows of context + 1 words. Both sisters get the last `context` of them as targets."""
    if kind == 'causal':
        return F.cross_entropy(model(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())
    tokens = windows[:, 1:]
    chosen = torch.rand(tokens.shape, generator=generator) < CHOSEN
    lot = torch.rand(tokens.shape, generator=generator)
    words = model.words.num_embeddings
    random = torch.randint(FIRST_WORD, words, tokens.shape, generator=generator)
    given = torch.where(chosen & (lot < 0.8), MASK, tokens)
    given = torch.where(chosen & (lot >= 0.8) & (lot < 0.9), random, given)
    return F.cross_entropy(model(given, chosen), tokens[chosen])


@torch.no_grad()
def held_out_loss(model, kind, held, batch=32):
    """Mean loss over every target of the held-out windows: the same targets for both sisters.

    Masked: five fixed passes, each hiding another fifth of the words, so that each is predicted once.
    Every chosen word becomes <mask> here: one left in place would give its answer away.
    """
    total, targets = 0.0, held[:, 1:]
    if kind == 'causal':
        for w in held.split(batch):
            logits = model(w[:, :-1]).flatten(0, 1)
            total += F.cross_entropy(logits, w[:, 1:].flatten(), reduction='sum').item()
        return total / targets.numel()
    order = torch.randperm(targets.numel(), generator=torch.Generator().manual_seed(1234))
    turn = (order % EVAL_PASSES).view(targets.shape)
    for i in range(EVAL_PASSES):
        for tokens, chosen in zip(targets.split(batch), (turn == i).split(batch)):
            logits = model(torch.where(chosen, MASK, tokens), chosen)
            total += F.cross_entropy(logits, tokens[chosen], reduction='sum').item()
    return total / targets.numel()
