"""Models of transformers with two layers of 16 units and thirty words, made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, GPT2Config, PreTrainedTokenizerFast, ViTConfig

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXT = """the a cat dog bird sees likes hears small big red green and runs sleeps eats fish today
now never this example is about animals things user assistant : ."""
WORDS = TEXT.split()

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def tokens(is_bert: bool = True) -> Any:
    """A tokenizer that knows these words."""
    words = {word: at for at, word in enumerate(SPECIAL + WORDS)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    if is_bert:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B [SEP]",
            special_tokens=[("[CLS]", words["[CLS]"]), ("[SEP]", words["[SEP]"])],
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]", eos_token="[SEP]", model_max_length=32,
        padding_side="right" if is_bert else "left",
    )  # fmt: skip


def bert(kind: str = "ForSequenceClassification", **more: Any) -> Any:
    """A BERT of some class, the same at every call."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(SPECIAL + WORDS), hidden_size=16, num_hidden_layers=2, pad_token_id=0,
        num_attention_heads=2, intermediate_size=16, max_position_embeddings=32,
        initializer_range=0.7, **more,
    )  # fmt: skip
    return getattr(transformers, f"Bert{kind}")(config).eval()


def gpt() -> Any:
    """A GPT-2 that never says the end."""
    torch.manual_seed(4)
    config = GPT2Config(
        vocab_size=len(SPECIAL + WORDS), n_embd=16, n_layer=2, n_head=2, n_positions=32,
        initializer_range=0.7, pad_token_id=0, bos_token_id=2, eos_token_id=None,
    )  # fmt: skip
    model = transformers.GPT2LMHeadModel(config).eval()
    model.generation_config.pad_token_id = 0
    model.generation_config.do_sample = False
    return model


def vit() -> Any:
    """A model that tells images apart."""
    torch.manual_seed(5)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16,
        image_size=8, patch_size=4, num_labels=2, initializer_range=0.7,
    )  # fmt: skip
    return transformers.ViTForImageClassification(config).eval()


def pipe(task: str, model: Any, **parts: Any) -> Any:
    """A pipeline with one of them."""
    return transformers.pipeline(task, model=model, **parts)


def checkpoint(folder: Path) -> Path:
    """The folder of a checkpoint."""
    bert().save_pretrained(folder)
    tokens().save_pretrained(folder)
    return folder


def wave() -> Any:
    """A pipeline that tells sounds apart."""
    torch.manual_seed(6)
    config = transformers.Wav2Vec2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        conv_dim=(8,), conv_kernel=(4,), conv_stride=(4,), num_feat_extract_layers=1,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, classifier_proj_size=8,
        num_labels=2, do_stable_layer_norm=False,
    )  # fmt: skip
    model = transformers.Wav2Vec2ForSequenceClassification(config).eval()
    parts = transformers.Wav2Vec2FeatureExtractor(sampling_rate=16000)
    return pipe("audio-classification", model, feature_extractor=parts)
