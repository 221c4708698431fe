"""The text, its words, and what is held out."""

import hashlib
import re
import subprocess
from collections import Counter

import torch

MASK, UNK = 0, 1
FIRST_WORD = 2
# Chapter indices 19, 39, 59, ...: spread over the book, because its tail is unlike the rest.
HOLD_OUT_EVERY = 20
# Enough for a steady figure (16,384 words) and cheap enough to be taken every 100 steps.
EVAL_WINDOWS = 256


def read_chapters():
    """The King James Bible as one word list a chapter, and a hash of the printed text."""
    try:
        raw = subprocess.run(['bible', '-f', 'Gen1:1-Rev22:21'], stdout=subprocess.PIPE, check=True).stdout
    except FileNotFoundError:
        raise SystemExit('`bible` is missing: apt-get install bible-kjv')
    chapters = {}
    for line in raw.decode('latin-1').splitlines():
        match = re.match(r'(\S+?)(\d+):\d+ ', line)
        words = re.findall(r'[a-z]+|[^\sa-z]', line[match.end():].lower())
        chapters.setdefault(match.groups(), []).extend(words)
    return list(chapters.values()), hashlib.sha256(raw).hexdigest()


class Text:
    def __init__(self, vocabulary, context):
        chapters, sha256 = read_chapters()
        held = [i % HOLD_OUT_EVERY == HOLD_OUT_EVERY - 1 for i in range(len(chapters))]

        # The vocabulary comes from the training chapters only; equal counts go by the alphabet.
        counts = Counter(w for c, h in zip(chapters, held) if not h for w in c)
        common = sorted(counts, key=lambda w: (-counts[w], w))[: vocabulary - FIRST_WORD]
        index = {w: i + FIRST_WORD for i, w in enumerate(common)}
        coded = [[index.get(w, UNK) for w in c] for c in chapters]

        self.vocabulary = vocabulary
        self.train = torch.tensor([t for c, h in zip(coded, held) if not h for t in c])
        # A window is context + 1 words: the causal model predicts words 1... from words 0...
        # No window reaches over the gap that a held-out chapter leaves.
        starts, begin, end = [], 0, 0
        for c, h in zip(coded, held):
            if h:
                starts.extend(range(begin, end - context))
                begin = end
            else:
                end += len(c)
        starts.extend(range(begin, end - context))
        self.starts = torch.tensor(starts)
        self.offsets = torch.arange(context + 1)

        held_chapters = [c for c, h in zip(coded, held) if h]
        windows = [c[s:s + context + 1] for c in held_chapters for s in range(0, len(c) - context, context)]
        picked = [windows[i * len(windows) // EVAL_WINDOWS] for i in range(EVAL_WINDOWS)]
        self.held = torch.tensor(picked)

        self.facts = {
            'source': "King James Bible (public domain), Debian package bible-kjv: bible -f Gen1:1-Rev22:21",
            'sha256': sha256,
            'preparation': 'verse references removed, lower case, tokens [a-z]+|[^\\sa-z]',
            'tokens': sum(len(c) for c in coded),
            'vocabulary': vocabulary,
            'specials': ['<mask>', '<unk>'],
            'heldOut': {
                'rule': 'every %dth chapter' % HOLD_OUT_EVERY,
                'chapters': len(held_chapters),
                'tokens': sum(len(c) for c in held_chapters),
                'windows': EVAL_WINDOWS,
                'predictedTokens': EVAL_WINDOWS * context,
                'unkShare': round((self.held[:, 1:] == UNK).double().mean().item(), 4),
            },
            'trainTokens': len(self.train),
            'trainUnkShare': round((self.train == UNK).double().mean().item(), 4),
        }

    def windows(self, count, generator):
        picked = self.starts[torch.randint(len(self.starts), (count,), generator=generator)]
        return self.train[picked[:, None] + self.offsets]


def baselines(text):
    """Nats a token of a unigram and a bigram model on the very tokens that both sisters predict."""
    v = text.vocabulary
    # <mask> never occurs in the text and gets no probability.
    count1 = torch.bincount(text.train, minlength=v).double()
    unigram = (count1 + 1) / (count1[UNK:] + 1).sum()
    unigram[MASK] = 0
    count2 = torch.bincount(text.train[:-1] * v + text.train[1:], minlength=v * v).double().view(v, v)
    left, right = text.held[:, :-1].reshape(-1), text.held[:, 1:].reshape(-1)

    def bigram_loss(strength):
        p = (count2[left, right] + strength * unigram[right]) / (count2[left].sum(1) + strength)
        return -p.log().mean().item()

    # The strength is picked on the held-out text itself: it favours the bigram model, never ours.
    best = min((1, 3, 10, 30, 100, 300, 1000), key=bigram_loss)
    return {
        'unit': 'nats per token',
        'unigram': round(-unigram[right].log().mean().item(), 4),
        'bigram': round(bigram_loss(best), 4),
        'bigramSmoothing': '(count(a, b) + %d p(b)) / (count(a) + %d)' % (best, best),
    }
