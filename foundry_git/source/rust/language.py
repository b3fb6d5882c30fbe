"""The words of Rust: names that need no import, crates that every program has, and kinds of nodes by how they are read."""

from __future__ import annotations

import tree_sitter

from foundry_git.source.treesitter.tree import PUNCTUATION, Node, TokenKinds

BUILT_IN = frozenset(
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize"
    " Option Some None Result Ok Err String Vec Box ToString ToOwned Clone Copy Send Sized Sync Unpin Drop Fn FnMut FnOnce"
    " drop AsRef AsMut Into From TryFrom TryInto FromIterator Default Iterator Extend IntoIterator DoubleEndedIterator"
    " ExactSizeIterator Eq PartialEq Ord PartialOrd Debug Hash size_of size_of_val align_of align_of_val"
    " assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne derive env"
    " eprint eprintln file format format_args include include_bytes include_str line macro_rules matches module_path"
    " option_env panic print println stringify thread_local todo try unimplemented unreachable vec write writeln"
    " is_x86_feature_detected diagnostic rustfmt clippy miri rust_analyzer".split()
)

TOKENS = TokenKinds(
    comments=frozenset({"line_comment", "block_comment"}),
    attributes=frozenset({"attribute_item"}),
    ignored=PUNCTUATION | {"fn", "visibility_modifier", "inner_attribute_item"},
    whole=frozenset({"string_literal", "raw_string_literal", "char_literal", "lifetime", "label"}),
)
DEEPEST = 20  # modules within modules that are looked into; the symbols of 30,000 would take gigabytes
STANDARD_CRATES = ("std", "core", "alloc", "proc_macro", "test")
OWN_ROOTS = ("crate", "self", "super", "$crate")


def text_of(node: tree_sitter.Node | None) -> str:
    """Give the text of a node; "" where there is none."""
    return node.text.decode() if node is not None and node.text is not None else ""


def path_of(node: Node) -> str:
    """Write ``a::b::c`` for a path of plain names; ``""`` for one with types in it."""
    names: list[str] = []
    found: Node | None = node
    while found is not None and found.parts:
        name = found.part("name")
        if found.kind not in ("scoped_identifier", "scoped_type_identifier") or name is None:
            return ""
        names.append(name.text)
        found = found.part("path")
    return "::".join([*([found.text] if found else []), *reversed(names)])
