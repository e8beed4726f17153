"""Which folder is a part and which a class: a function of the paths below a folder alone.

::

    cat/1.png  dog/1.png                     classes; a share is split off for validation
    train/cat/1.png  test/cat/1.png          parts, whatever they are called (``part_names``)
    train/...  valid/...  test/...           with a validation part of their own
    pets/cat/1.png  pets/dog/1.png           one folder around the classes, which is entered
    train/cat/1.png  test/1.png              test pictures without classes: told, and not used

What looks like parts but is not understood is refused: a network that tells train from test would
be trained without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from thumblab.core.errors import DataError
from thumblab.data.reading import counted
from thumblab.data.sources.class_names import Classes, class_names
from thumblab.data.sources.part_names import is_like_a_part, is_wrapping, role_of, roles_mentioned


class LayoutError(DataError):
    """Folders that are laid out in a way that has no one meaning."""


NO_CLASSES = frozenset(
    "image images img imgs mask masks label labels annotation annotations gt jpegimages".split()  # noqa: SIM905
)
"""Names of folders in data sets whose labels are pictures or boxes, not classes."""

Entry = tuple[PurePosixPath, int]
"""A picture and its label."""


@dataclass(frozen=True)
class Layout:
    """What is what.

    Attributes:
        classes: Their names, sorted; a label is an index into them.
        parts: Pictures of each part that is there, in the order of their paths: ``training``,
            ``validation``, ``test``.
        notes: What is to be said of it, in sentences.
    """

    classes: tuple[str, ...]
    parts: dict[str, list[Entry]]
    notes: tuple[str, ...]


@dataclass(eq=False)
class _Node:
    """A folder: its pictures and its sub-folders."""

    path: PurePosixPath
    pictures: list[PurePosixPath] = field(default_factory=list)
    folders: dict[str, _Node] = field(default_factory=dict)

    @property
    def has_classes(self) -> bool:
        """Whether sub-folders hold pictures; one of its own name is only wrapped around."""
        full = self.full
        own = full.get(self.path.name) if len(full) == 1 and not self.pictures else None
        return bool(full) if own is None else own.has_classes

    @property
    def full(self) -> dict[str, _Node]:
        """Sub-folders with a picture somewhere in them."""
        return {name: node for name, node in sorted(self.folders.items()) if any(node.all())}

    def all(self) -> Iterable[PurePosixPath]:
        """Every picture in here, the deeper ones behind."""
        yield from self.pictures
        for _, node in sorted(self.folders.items()):
            yield from node.all()


def arrange(
    pictures: Iterable[PurePosixPath],
    folders: Iterable[PurePosixPath],
    where: str,
    least: int = 2,
) -> Layout:
    """Parts and classes of the pictures.

    Args:
        pictures: Paths relative to the base, sorted.
        folders: Every folder below the base, so that empty ones are known.
        where: The base, for messages.
        least: So many classes there must be.

    Raises:
        DataError: If they are laid out in a way that has no one meaning.
    """
    notes: list[str] = []
    root = _unwrapped(_tree(pictures, folders), where, notes)
    parts = _parts(root, where, notes)
    order = sorted(parts, key=("training", "validation", "test").index)
    whole = parts[order[0]]
    classes = class_names(
        {role: list(parts[role].folders) for role in order}, str(PurePosixPath(where, whole.path))
    )
    _check(parts, whole, classes, where, least)
    found = {role: list(_entries(node, classes, where, notes)) for role, node in parts.items()}
    return Layout(classes.names, found, (*notes, *_deeper(whole), *classes.notes))


def _tree(pictures: Iterable[PurePosixPath], folders: Iterable[PurePosixPath]) -> _Node:
    root = _Node(PurePosixPath())

    def node(path: PurePosixPath) -> _Node:
        at = root
        for depth, name in enumerate(path.parts, 1):
            at = at.folders.setdefault(name, _Node(PurePosixPath(*path.parts[:depth])))
        return at

    for folder in folders:
        node(folder)
    for picture in pictures:
        node(picture.parent).pictures.append(picture)
    return root


def _unwrapped(node: _Node, where: str, notes: list[str], role: str | None = None) -> _Node:
    """The folder inside those that are wrapped around everything; around a part, of its own name."""
    start = node
    while len(node.full) == 1 and not node.pictures:
        ((name, inner),) = node.full.items()
        own = role_of(name) == role or (role is not None and is_wrapping(name))
        if not inner.full or not own:
            break
        node = inner
    if node is not start:
        around, within = (PurePosixPath(where, each.path) for each in (start, node))
        notes.append(f"everything in {around} lies in {within}, which is read")
    return node


def _deeper(whole: _Node) -> list[str]:
    """What is to be said where every class has the same sub-folders, which may have been meant."""
    inner = [set(node.full) for node in whole.full.values()]
    if len(inner) < 2 or not (shared := sorted(set.intersection(*inner))):
        return []
    return [
        f"every class has the sub-folders {', '.join(shared[:5])}; the classes are the folders around "
        f"them ({', '.join(list(whole.full)[:5])})"
    ]


def _parts(root: _Node, where: str, notes: list[str]) -> dict[str, _Node]:
    """The folders that hold the classes of each part; a lone one of classes is the training part."""
    nodes = root.full
    roles = {name: role for name in nodes if (role := role_of(name))}
    sorted_ones = {name for name in roles if nodes[name].has_classes}
    here = PurePosixPath(where, root.path)
    if not sorted_ones:
        _refuse_parts_in_classes(nodes, here)
        _refuse_flat_parts(set(roles), set(nodes), here)
        return {"training": root}
    found: dict[str, _Node] = {}
    strange = []
    for name in sorted(roles, key=lambda name: (name not in sorted_ones, name)):
        role, node = roles[name], nodes[name]
        if name not in sorted_ones:
            notes.append(_unused(node))
        elif role in found:
            raise LayoutError(
                f"{here} has two folders for the {role} part ({found[role].path.name} and {name}); "
                "leave one"
            )
        else:
            found[role] = _unwrapped(node, where, notes, role)
    for name in sorted(set(nodes) - set(roles)):
        if nodes[name].has_classes or not is_like_a_part(name):
            strange.append(name)
        else:
            notes.append(_unused(nodes[name]))
    if strange:
        named = ", ".join(sorted(sorted_ones))
        raise LayoutError(
            f"{here} has {', '.join(strange)} beside {named}; parts are called train, validation and "
            "test, so rename the others or move them away"
        )
    if root.pictures:
        notes.append(f"{counted(len(root.pictures), 'picture')} beside the parts: not used")
    return found


def _unused(node: _Node) -> str:
    count = sum(1 for _ in node.all())
    pictures = counted(count, "picture")
    return f"{node.path.name} holds {pictures} without classes; they are not used"


def _refuse_flat_parts(roles: set[str], names: set[str], here: PurePosixPath) -> None:
    """Folders that are called as parts are and hold pictures, but no classes."""
    like = {name for name in names if is_like_a_part(name)}
    mentioned = [roles_mentioned(name) for name in names]
    if all(mentioned) and len(set().union(*mentioned)) > 1:  # trainA, trainB, testA
        like = names
    if len({role_of(name) for name in roles}) > 1 or (like and like == names and len(names) > 1):
        raise LayoutError(
            f"{here} has {', '.join(sorted(like))}, which are called as parts of a data set are but "
            "have no sub-folders with classes; sort their pictures into one sub-folder a class"
        )


def _refuse_parts_in_classes(nodes: dict[str, _Node], here: PurePosixPath) -> None:
    inner = [{name for name in node.full if is_like_a_part(name)} for node in nodes.values()]
    roles = {role_of(name) for names in inner for name in names} - {None}
    if nodes and len(roles) > 1 and all(inner):
        raise LayoutError(
            f"{here} has classes with {', '.join(sorted(set.union(*inner)))} inside; lay it out the "
            "other way round, as train/CLASS and test/CLASS"
        )
    like = sorted(name for name, node in nodes.items() if is_like_a_part(name) and node.full)
    if like:
        raise LayoutError(
            f"{here} has {', '.join(like)} with sub-folders, as parts of a data set are called; name them "
            "train, validation and test, or bring their classes together in one folder"
        )


def _check(parts: dict[str, _Node], whole: _Node, classes: Classes, where: str, least: int) -> None:
    here = PurePosixPath(where, whole.path)
    if "training" not in parts and least > 1:
        raise LayoutError(
            f"{where} has a part to test on ({whole.path.name}) and none to train on; add a folder "
            "train"
        )
    if len(classes.names) < least:
        raise LayoutError(
            f"{here} has {len(classes.names)} sub-folders with classes; give at least {least}, one a "
            "class"
        )
    if set(map(str.lower, classes.names)) <= NO_CLASSES:
        raise LayoutError(
            f"{here} has the sub-folders {', '.join(classes.names)}, which are no classes but kinds of "
            "files; give a folder with a sub-folder for each class"
        )
    for role, node in parts.items():
        strange = sorted({name for name in node.folders if name not in classes.of})
        if strange and role != "training":
            raise LayoutError(
                f"{PurePosixPath(where, node.path)} has classes that {whole.path.name or here} has not "
                f"({', '.join(strange)}); rename them"
            )
    if empty := sorted(set(whole.folders) - set(whole.full)):
        raise LayoutError(
            f"{here} has classes without a picture ({', '.join(empty)}); fill or remove them"
        )


def _entries(node: _Node, classes: Classes, where: str, notes: list[str]) -> Iterable[Entry]:
    if node.pictures:
        here = PurePosixPath(where, node.path)
        notes.append(f"{counted(len(node.pictures), 'picture')} of {here} in no class: not used")
    named = ((classes.of[name], inner) for name, inner in node.folders.items())
    for label, inner in sorted(named, key=lambda pair: (pair[0], pair[1].path)):
        yield from ((path, label) for path in sorted(inner.all()))
