"""YAML with the line of every key, and the files it includes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from litellm.proxy.config.problems import ConfigError, ConfigProblem

Place = tuple[str | int, ...]
Line = tuple[str, int]
"""A file and a line in it."""
MAX_INCLUDE_DEPTH = 8


Stamp = tuple[int, int, int] | None
"""What tells a changed file: its time in ns, its size, its inode; None for one that is not there."""


def stamp(path: str | Path) -> Stamp:
    """A file's stamp as it is now."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(slots=True)
class Document:
    """The data of a config, and for each place in it (`("model_list", 0, "model_name")`) its file and line."""

    file: str
    data: dict[str, Any]
    lines: dict[Place, Line] = field(default_factory=dict)
    files: dict[str, Stamp] = field(default_factory=dict)
    """The file and what it includes, as each was just before it was read."""

    def problem(self, place: Place, message: str, key: str | None = None) -> ConfigProblem:
        """A problem at `place`, or at its nearest known parent; `key` defaults to the place itself."""
        file, line = nearest(self.lines, place) or (self.file, 0)
        return ConfigProblem(file, line, dotted(place) if key is None else key, message)


def nearest(lines: Mapping[Place, Line], place: Place) -> Line | None:
    """The line of a place, or of its nearest known parent below the file itself; None where no part of it is known."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place) if place else None


def dotted(place: Place) -> str:
    """`model_list[0].model_name`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def undotted(key: str) -> Place:
    """What `dotted` made a text of, where no name holds a dot or a bracket."""
    return tuple(int(index) if index else name for index, name in re.findall(r"\[(\d+)\]|([^.\[\]]+)", key))


def read_document(path: Path) -> Document:
    """The config at `path`, its `include` files merged in: lists are appended, mappings updated.

    Raises ConfigError for a file that cannot be read, that is no YAML mapping, or that has a key twice.
    """
    return _read(path, ())


def _read(path: Path, parents: tuple[Path, ...]) -> Document:
    name = str(path)
    if path.resolve() in parents or len(parents) > MAX_INCLUDE_DEPTH:
        raise ConfigError([ConfigProblem(name, 0, "include", "files include each other")])
    seen = stamp(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigError([ConfigProblem(name, 0, "", f"cannot be read: {reason}")]) from error
    document = _parse(name, text)
    document.files[name] = seen
    include = document.data.pop("include", None) or []
    if not isinstance(include, list) or not all(isinstance(item, str) for item in include):
        raise ConfigError([document.problem(("include",), "expected a list of file names")])
    for item in include:
        _merge(document, _read(path.parent / item, (*parents, path.resolve())))
    return document


def _parse(name: str, text: str) -> Document:
    try:
        return _load(name, yaml.SafeLoader(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 0
        raise ConfigError([ConfigProblem(name, line, "", f"not valid YAML: {error.problem}")]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError([ConfigProblem(name, line, "", f"not valid YAML: {error.reason}")]) from error
    except (ValueError, RecursionError) as error:  # a date that is none; nesting without end
        raise ConfigError([ConfigProblem(name, 0, "", f"not valid YAML: {error}")]) from error


def _load(name: str, loader: yaml.SafeLoader) -> Document:
    node = loader.get_single_node()
    document = Document(name, {})
    if node is None:
        return document
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError([ConfigProblem(name, node.start_mark.line + 1, "", "expected a mapping at the top")])
    _walk(node, (), document, loader, 0)
    document.data = loader.construct_document(node)
    return document


def _walk(node: yaml.Node, place: Place, document: Document, loader: yaml.SafeLoader, line: int) -> None:
    document.lines[place] = (document.file, line or node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*place, index), document, loader, 0)
    elif isinstance(node, yaml.MappingNode):
        _refuse_repeated_keys(node, place, document)
        loader.flatten_mapping(node)
        for key, value in node.value:
            _walk(value, (*place, str(key.value)), document, loader, key.start_mark.line + 1)


def _refuse_repeated_keys(node: yaml.MappingNode, place: Place, document: Document) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        name = str(key.value)
        if name in seen and key.tag != "tag:yaml.org,2002:merge":
            problem = ConfigProblem(document.file, key.start_mark.line + 1, dotted((*place, name)), "set twice")
            raise ConfigError([problem])
        seen.add(name)


def _merge(document: Document, included: Document) -> None:
    document.files.update(included.files)
    for key, value in included.data.items():
        mine = document.data.get(key)
        shift = len(mine) if isinstance(mine, list) else 0
        if isinstance(mine, list) and isinstance(value, list):
            mine.extend(value)
        elif isinstance(mine, dict) and isinstance(value, Mapping):
            mine.update(value)
        else:
            document.data[key] = value
        for place, where in included.lines.items():
            if place[:1] == (key,):
                index = place[1] if len(place) > 1 else None
                moved = (key, index + shift, *place[2:]) if shift and isinstance(index, int) else place
                document.lines[moved] = where
