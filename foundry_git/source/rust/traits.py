"""Traits that are imported for their methods alone: nothing says their names, but without them the methods are not found."""

from __future__ import annotations

import re
from functools import lru_cache

from foundry_git.source.treesitter.grammar import Import

_METHODS = {
    "std::io::Read": "read read_to_string read_to_end read_exact read_vectored bytes take chain by_ref",
    "std::io::Write": "write write_all write_fmt write_vectored flush by_ref",
    "std::io::BufRead": "lines read_line read_until split fill_buf consume",
    "std::io::Seek": "seek rewind stream_position",
    "std::io::IsTerminal": "is_terminal",
    "std::fmt::Write": "write_str write_char write_fmt",
    "std::str::FromStr": "from_str",
    "std::hash::Hash": "hash",
    "std::hash::Hasher": "finish write write_u8 write_u32 write_u64 write_usize",
    "std::hash::BuildHasher": "build_hasher hash_one",
    "std::error::Error": "source description cause",
    "std::borrow::Borrow": "borrow",
    "std::borrow::BorrowMut": "borrow_mut",
    "std::any::Any": "type_id",
    "std::ops::Deref": "deref",
    "std::ops::DerefMut": "deref_mut",
    "std::ops::Bound": "",
    "std::ops::RangeBounds": "start_bound end_bound contains",
    "std::future::Future": "poll",
    "std::future::IntoFuture": "into_future",
    "std::net::ToSocketAddrs": "to_socket_addrs",
    "std::ascii::AsciiExt": "to_ascii_lowercase to_ascii_uppercase eq_ignore_ascii_case",
    "std::iter::FromIterator": "from_iter",
    "std::convert::TryInto": "try_into",
    "std::convert::TryFrom": "try_from",
    "std::process::Termination": "report",
}
_MACROS = {"std::io::Write": "write writeln", "std::fmt::Write": "write writeln"}
_FOREIGN = frozenset(
    "Itertools Context WrapErr IntoDiagnostic TimeZone Datelike Timelike Rng RngCore SeedableRng SliceRandom"
    " IteratorRandom Digest ByteSlice ByteVec Zero One ToPrimitive FromPrimitive IntoParallelIterator ParallelIterator"
    " IntoParallelRefIterator CommandFactory Buf BufMut Engine Signer Verifier OptionalExtension QueryDsl RunQueryDsl"
    " UnicodeSegmentation UnicodeWidthStr UnicodeWidthChar Colorize Deserializer Serializer".split()
)
"""Traits of known packages that are imported for their methods; those of others mostly end in ``Ext``."""
_OF_FORMATTERS = frozenset({"write_str", "write_fmt"})  # which have them without any trait
EVERYDAY = frozenset(
    "len is_empty iter iter_mut into_iter map filter collect unwrap expect unwrap_or unwrap_or_else unwrap_or_default ok"
    " err is_some is_none is_ok is_err as_ref as_mut as_str as_slice as_bytes as_deref clone cloned copied to_string"
    " to_owned to_vec into from push push_str pop insert remove get get_mut contains contains_key entry or_insert or_default"
    " extend next fold any all enumerate zip rev skip take min max sum count join split trim starts_with ends_with find"
    " replace chars bytes lines and_then ok_or ok_or_else map_err or_else lock read write borrow borrow_mut eq cmp"
    " partial_cmp hash fmt display path exists is_file is_dir sort sort_by sort_by_key dedup drain clear first last flatten"
    " flat_map filter_map chain position parse source new default await".split()
)
_NOTHING, _KNOWN, _OF_SYSTEM, _FOREIGN_TRAIT = "nothing", "known", "of a system", "foreign"
_CALLED = re.compile(r"\.\s*(\w+)\s*(?:::<[^()]*>)?\(|\b\w+(?:<[^()<>]*>)?::(\w+)\(")
_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?use[ \t][^;]*;", re.MULTILINE)
_WORD = re.compile(r"[A-Z]\w*")
_MACRO = re.compile(r"\b(write|writeln)!")


def implied(one: Import, body: str, file: str) -> bool:
    """Say whether code that does not name what an import brings may need it for its methods."""
    kind, methods, macros = _brought_by(one.module)
    if kind == _NOTHING:
        return False
    if kind == _KNOWN:
        return not called(body).isdisjoint(methods) or not _macros(body).isdisjoint(macros)
    name = one.module.rpartition("::")[2]
    return (kind == _OF_SYSTEM or name not in _words(file)) and bool(called(body) - EVERYDAY)


@lru_cache(maxsize=4096)
def _brought_by(module: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """What kind of import this is; of known traits also the methods and macros for which they are imported."""
    name, root = module.rpartition("::")[2], module.partition("::")[0]
    kind, methods, macros = _NOTHING, "", ""
    if not name[:1].isupper() and name != "prelude":
        pass
    elif root in ("std", "core", "alloc"):
        standard = f"std{module.removeprefix(root)}"
        if standard in _METHODS:
            kind, methods, macros = _KNOWN, _METHODS[standard], _MACROS.get(standard, "")
        elif "::os::" in standard and name.endswith("Ext"):
            kind = _OF_SYSTEM
    elif name.endswith("Ext") or name in _FOREIGN:
        kind = _FOREIGN_TRAIT
    return kind, frozenset(methods.split()), frozenset(macros.split())


@lru_cache(maxsize=64)
def called(body: str) -> frozenset[str]:
    """The methods and associated functions that a text calls."""
    found = {one or other for one, other in _CALLED.findall(body)}
    return frozenset(found - _OF_FORMATTERS if "Formatter" in body else found)


@lru_cache(maxsize=64)
def _macros(body: str) -> frozenset[str]:
    return frozenset() if "Formatter" in body else frozenset(_MACRO.findall(body))


@lru_cache(maxsize=16)
def _words(file: str) -> frozenset[str]:
    """The words of a file outside of what it imports."""
    return frozenset(_WORD.findall(_USE.sub("", file)))
