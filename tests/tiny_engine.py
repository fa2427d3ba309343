"""A real engine on loopback: `transformers serve` over a model of random weights that is made here; its address comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.server_maker import free_port

TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}<|assistant|>"


def make_model(folder: Path) -> Path:
    """A Llama of some 100,000 random weights with a tokenizer of bytes, saved as models are."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(7)
    letters = Tokenizer(models.BPE())
    letters.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    letters.train_from_iterator(["la réponse à une question du public"], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=letters, bos_token="<s>", eos_token="</s>")
    tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=32768, bos_token_id=0, eos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@dataclass(frozen=True)
class Engine:
    """A running engine: what SOURCIER_CHAT_BASE_URL and SOURCIER_CHAT_MODEL are set to."""

    url: str
    model: str
    process: subprocess.Popen[bytes]

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rests(self, limit_s: float = 60.0) -> bool:
        """Whether it stops working before the time is over."""
        end_s = time.monotonic() + limit_s
        while time.monotonic() < end_s:
            before_s = self.cpu_s()
            time.sleep(1)
            if self.cpu_s() - before_s < 0.1:
                return True
        return False


@contextmanager
def tiny_engine(folder: Path) -> Iterator[Engine]:
    """The engine until the end of the block."""
    model, port = make_model(folder / "model"), free_port()
    (folder / "hub").mkdir()
    env = {**os.environ, "HF_HUB_CACHE": str(folder / "hub"), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(model), "--host", "127.0.0.1"]
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=stream, stderr=stream, env=env)
    try:
        _wait(process, f"http://127.0.0.1:{port}/health", log)
        yield Engine(f"http://127.0.0.1:{port}/v1", str(model), process)
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end_s = time.monotonic() + 180
    while time.monotonic() < end_s:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
        try:
            with urlopen(url, timeout=5) as response:
                json.load(response)
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(
        f"the engine was not up after three minutes: {log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
    )
