"""The shape of a language model in `agents:`, wherever that stands. Imports pydantic: import it late."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from .fields import Provider, Strict, refuse

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_USER = re.compile(r"(?:agents|providers)/[^\s/][^\s]{0,199}")
_KEY_LIKE = "{env: NAME}, a variable of the environment, or {keyring: NAME}"
_PRICE_LIKE = "free, or {input: 2.5, output: 10, cached: 1.25}, in US dollars for a million tokens"


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for one that is none
    except ValueError:
        parts = urlsplit("")
    if not text.isprintable() or " " in text or parts.scheme not in ("http", "https") or not parts.hostname:
        raise refuse("this is no address of a server", expected="a URL, like http://127.0.0.1:11434/v1")
    if "@" in parts.netloc:
        raise refuse("a user and a password stand in no file", hint="say where the key is: `api_key: {env: NAME}`")
    if parts.query or parts.fragment:
        raise refuse("nothing may stand behind `?` or `#` here", expected="a URL, like http://127.0.0.1:11434/v1")
    return text


def _model(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise refuse("this is no model's name", expected="the name that its provider calls it by")
    return text


def _key(value: object) -> object:
    """A reference as it is written; a literal, of which something else decides whether it may stand there."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise refuse("`api_key` says where a key is", expected=_KEY_LIKE)
    [(how, name)] = value.items()
    fits = {"env": _VARIABLE, "keyring": re.compile(r"[^\s:][^\n:]{0,199}"), "user": _USER}.get(how)
    if fits is None:
        raise refuse("`api_key` says where a key is", expected=_KEY_LIKE)
    if not isinstance(name, str) or not fits.fullmatch(name):
        raise refuse(f"`{how}` is given no name", expected=_KEY_LIKE, hint="a key itself stands in no project's file")
    return value


def _prompt(value: object) -> object:
    """A file alone is that of the system prompt."""
    return {"system": value} if isinstance(value, str) else value


def _price(value: object) -> object:
    """Looked at by `pricing.complaints_about`, which knows its place."""
    return value


File = Annotated[str, Field(min_length=1, max_length=1000)]
Model = Annotated[str, Field(max_length=200), AfterValidator(_model)]
Url = Annotated[str, Field(max_length=2000), AfterValidator(_url)]
_reference: dict[str, Any] = {
    "type": "object",
    "properties": {how: {"type": "string"} for how in ("env", "keyring", "user")},
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
KeyReference = Annotated[object, AfterValidator(_key), WithJsonSchema(_reference)]
_rate: dict[str, Any] = {"type": "number", "minimum": 0}
PriceField = Annotated[
    object,
    AfterValidator(_price),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "free"},
                {
                    "type": "object",
                    "properties": dict.fromkeys(("input", "output", "cached", "cache_written"), _rate),
                    "required": ["input", "output"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class PromptFiles(Strict):
    """`prompt:`, files of templates."""

    system: File | None = Field(default=None, description="What a model is told first.", examples=["prompts/system.txt"])
    turn: File | None = Field(default=None, description="What it is told at each turn.", examples=["prompts/turn.txt"])


class LanguageModel(Strict):
    """What an agent that is a language model may say beside its kind and its params."""

    model: Model | None = Field(
        default=None, description="The model, as its provider calls it.", examples=["claude-opus-5-5", "qwen3"]
    )
    base_url: Url | None = Field(
        default=None, description="Where its server is; its provider's own if left out.", examples=["http://127.0.0.1:11434/v1"]
    )
    provider: Provider | None = Field(
        default=None, description="Whose rates, prices and key these are, if not the kind's.", examples=["ollama"]
    )
    prompt: Annotated[PromptFiles, BeforeValidator(_prompt, json_schema_input_type=PromptFiles | File)] | None = Field(
        default=None,
        description="A file that takes the place of the system prompt, or files of system and turn; relative to this file.",
        examples=["prompts/system.txt", {"system": "prompts/system.txt", "turn": "prompts/turn.txt"}],
    )
    max_context: Annotated[int, Field(ge=256, le=10_000_000)] | None = Field(
        default=None, description="Tokens that a request and its answer may have together.", examples=[32_768]
    )
    api_key: KeyReference | None = Field(
        default=None,
        description="Where its key is: in a variable of the environment, or in the keyring of this machine.",
        examples=[{"env": "WORK_OPENAI_KEY"}, {"keyring": "work"}],
    )
    price: PriceField | None = Field(
        default=None,
        description="What its tokens cost: free, or US dollars for a million of each kind; else as the price data says.",
        examples=["free", {"input": 2.5, "output": 10, "cached": 1.25}],
    )
    cache: bool | None = Field(
        default=None, description="Takes answers that were given before from a store of them, and puts new ones there."
    )


class ProviderKeys(Strict):
    """One of `providers:` in `bio.yaml`: what all its agents have in common."""

    api_key: KeyReference | None = Field(
        default=None, description="Where the key of its agents is, if they do not say it.", examples=[{"env": "WORK_KEY"}]
    )
    base_url: Url | None = Field(
        default=None, description="Where its agents' server is, if they do not say it.", examples=["https://llm.example/v1"]
    )
