"""Scopes of names, found in constant time however deep they are nested, and the names that none of them binds."""

from __future__ import annotations


class Scope:
    """The names bound in one place so far, each with what the shape calls it (``""``: not written yet)."""

    __slots__ = ("depth", "names", "parent")

    def __init__(self, parent: Scope | None) -> None:
        self.names: dict[str, str] = {}
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0


class Scopes:
    """The scopes of a walk that goes through a tree in depth: one that was left is never entered again.

    To search outwards from each use would take time quadratic in the nesting.
    """

    def __init__(self) -> None:
        self.outer = Scope(None)
        self._open = [self.outer]  # by depth; those deeper than where the walk is are left already
        self._binding: dict[str, list[Scope]] = {}  # innermost last

    def enter(self, parent: Scope) -> Scope:
        """Open a scope inside another."""
        scope = Scope(parent)
        del self._open[scope.depth :]
        self._open.append(scope)
        return scope

    def bind(self, name: str, scope: Scope) -> None:
        """Bind a name in a scope that is open; again has no effect."""
        if name in scope.names:
            return
        scope.names[name] = ""
        binding = self._binding.setdefault(name, [])
        at = len(binding)
        while at and binding[at - 1].depth > scope.depth:
            at -= 1
        binding.insert(at, scope)

    def find(self, name: str, scope: Scope) -> Scope | None:
        """Find the innermost scope around and with ``scope``, where the walk is, that binds a name."""
        binding = self._binding.get(name, [])
        while binding:
            last = binding[-1]
            if last.depth <= scope.depth and self._open[last.depth] is last:
                return last
            binding.pop()
        return None
