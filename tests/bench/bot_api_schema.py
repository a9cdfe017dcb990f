"""The published Bot API as a checker of calls: parameters, types down to the last button, lengths.

The data file is trimmed from the description of the Bot API that the aiogram source distribution
carries (see `bot_api_schema.LICENSE`). To make it again from an unpacked distribution:

    python -m tests.bench.bot_api_schema .butcher/schema/schema.json > tests/bench/bot_api_schema.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("bot_api_schema.json")

METHODS = [
    "getMe",
    "getUpdates",
    "getWebhookInfo",
    "setWebhook",
    "deleteWebhook",
    "getFile",
    "getChat",
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendMediaGroup",
    "sendChatAction",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
    "setMyCommands",
    "deleteMyCommands",
    "getMyCommands",
    "setMyDescription",
    "setMyShortDescription",
    "setChatMenuButton",
]

_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)")
_RANGE = re.compile(r"[Vv]alues between (\d+)-(\d+)")
_SCALARS = {"String", "Integer", "Float", "Boolean", "True", "InputFile"}


class BotApiSchema:
    """The description of the methods this project calls and of every type they use."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self._data = data or json.loads(DATA.read_text(encoding="utf-8"))

    def parameters(self, method: str) -> frozenset[str]:
        return frozenset(self._data["methods"].get(method, ()))

    def problems(self, method: str, fields: Mapping[str, Any], *, files: frozenset[str]) -> list[str]:
        """What is wrong with a call, one line each. `fields` may hold the text form of a value."""
        known = self._data["methods"].get(method)
        if known is None:
            return [f"{method}: not among the methods of this project"]
        given = {**dict.fromkeys(files, "<file>"), **fields}
        attached = {value[9:] for value in _strings(given) if value.startswith("attach://")}
        found = [
            f"{method}: no parameter {name}" for name in given if name not in known and name not in attached
        ]
        for name, rule in known.items():
            if name in given:
                found += [f"{method}.{line}" for line in self._check(name, given[name], rule, files=files)]
            elif rule.get("required"):
                found.append(f"{method}: {name} is missing")
        return found

    def _check(
        self, path: str, value: Any, rule: Mapping[str, Any], *, files: frozenset[str]
    ) -> Iterator[str]:
        if path in files:
            if "InputFile" not in rule["type"]:
                yield f"{path}: takes no file"
            return
        kinds = rule["type"].split(" or ")
        complaints = [list(self._check_type(path, value, kind)) for kind in kinds]
        if all(complaints):
            yield from min(complaints, key=len)
            return
        yield from _check_size(path, value, rule)

    def _check_type(self, path: str, value: Any, kind: str) -> Iterator[str]:
        if kind in _SCALARS:
            if not _is_scalar(value, kind):
                yield f"{path}: {kind} expected, not {value!r}"
            return
        value = _parsed(value)
        if kind.startswith("Array of "):
            yield from self._check_items(path, value, kind.removeprefix("Array of "))
        elif not isinstance(value, dict):
            yield f"{path}: {kind} expected, not {value!r}"
        else:
            yield from self._check_object(path, value, self._data["types"][kind])

    def _check_items(self, path: str, value: Any, kind: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path}: a list expected, not {value!r}"
            return
        kinds = [kind] if kind.startswith("Array of ") else re.split(r", | and ", kind)
        for place, item in enumerate(value):
            complaints = [list(self._check_type(f"{path}[{place}]", item, each)) for each in kinds]
            if all(complaints):
                yield from min(complaints, key=len)

    def _check_object(self, path: str, value: Mapping[str, Any], rules: Mapping[str, Any]) -> Iterator[str]:
        if "one_of" in rules:
            complaints = [
                list(self._check_object(path, value, self._data["types"][kind])) for kind in rules["one_of"]
            ]
            if all(complaints):
                yield from min(complaints, key=len)
            return
        yield from (f"{path}: no field {name}" for name in value if name not in rules["fields"])
        for name, rule in rules["fields"].items():
            if name in value:
                yield from self._check(f"{path}.{name}", value[name], rule, files=frozenset())
            elif rule.get("required"):
                yield f"{path}: {name} is missing"


def _is_scalar(value: Any, kind: str) -> bool:
    match kind:
        case "Integer":
            return type(value) is int or (
                isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None
            )
        case "Float":
            return type(value) in (int, float) or _is_scalar(_parsed(value), "Integer")
        case "Boolean" | "True":
            return value in (True, "true", "false") and type(value) is not int
        case "String":
            return isinstance(value, str)
        case _:
            return isinstance(value, str) and value.startswith("attach://")


def _check_size(path: str, value: Any, rule: Mapping[str, Any]) -> Iterator[str]:
    if "length" not in rule and "range" not in rule:
        return
    if "range" in rule:
        least, most = rule["range"]
        size = int(value)
    else:
        least, most, unit = rule["length"]
        # Telegram means UTF-16 units where it says characters.
        size = len(value.encode()) if unit == "bytes" else len(value.encode("utf-16-le")) // 2
    if not least <= size <= most:
        yield f"{path}: {size} is outside {least}-{most}"


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _strings(value: Any) -> Iterator[str]:
    match _parsed(value):
        case str(text):
            yield text
        case list(items):
            yield from (text for item in items for text in _strings(item))
        case dict(fields):
            yield from (text for item in fields.values() for text in _strings(item))


def trimmed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The whole description cut down to `METHODS` and the types within their reach."""
    entries = {entry["name"]: entry for chapter in schema["items"] for entry in chapter["children"]}
    types: dict[str, Any] = {}
    wanted = [
        kind for method in METHODS for each in entries[method]["annotations"] for kind in _kinds(each["type"])
    ]
    while wanted:
        name = wanted.pop()
        if name in _SCALARS or name in types:
            continue
        entry = entries[name]
        if "Rich" in name:
            # A hundred types this project has no use for; whoever sends one is told so.
            types[name] = {"fields": {}}
        elif entry["annotations"]:
            types[name] = {"fields": _rules(entry["annotations"])}
            wanted += [kind for each in entry["annotations"] for kind in _kinds(each["type"])]
        else:
            subtypes = [word for word in re.findall(r"- (\w+)", entry["description"]) if word in entries]
            types[name] = {"one_of": subtypes} if subtypes else {"fields": {}}
            wanted += subtypes
    return {
        "source": "aiogram 3.31.0, .butcher/schema/schema.json (MIT), trimmed",
        "api": schema["api"]["version"],
        "methods": {method: _rules(entries[method]["annotations"]) for method in METHODS},
        "types": dict(sorted(types.items())),
    }


def _kinds(kind: str) -> list[str]:
    return re.split(r" or |, | and ", kind.replace("Array of ", ""))


def _rules(annotations: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {each["name"]: _rule(each) for each in annotations}


def _rule(annotation: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": annotation["type"]}
    if annotation["required"]:
        rule["required"] = True
    if annotation["type"] == "String" and (found := _LENGTH.search(annotation["description"])):
        rule["length"] = [int(found[1]), int(found[2]), found[3]]
    elif annotation["type"] == "Integer" and (found := _RANGE.search(annotation["description"])):
        rule["range"] = [int(found[1]), int(found[2])]
    return rule


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(trimmed(whole), indent=1, ensure_ascii=False) + "\n")
