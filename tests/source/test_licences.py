"""Licences: fifty ways in which a file says its own, and what the files around it say."""

from __future__ import annotations

import pytest

from foundry_git.source.licences import (
    COPYLEFT,
    families_of,
    holders_of,
    is_reserved,
    is_restrictive,
    licence_of,
    notice_of,
    spdx_of,
)
from foundry_git.source.licensing import is_licence_file, licensing_of

GNU = (
    "This program is free software: you can redistribute it and/or modify it under the terms of the GNU {} General Public License"
)
MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
BSD = "Redistribution and use in source and binary forms, with or without modification, are permitted"
APACHE = 'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with it.'
ISC = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"

HEADERS = [
    ("# SPDX-License-Identifier: MIT", "MIT"),
    ("// SPDX-License-Identifier: Apache-2.0 OR MIT", "Apache-2.0 OR MIT"),
    ("/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */", "GPL-2.0-only WITH Linux-syscall-note"),
    ("-- SPDX-License-Identifier: (MIT AND BSD-3-Clause)", "(MIT AND BSD-3-Clause)"),
    ("<!-- SPDX-License-Identifier: CC0-1.0 -->", "CC0-1.0"),
    (f"# {APACHE}", "Apache-2.0"),
    ("// Licensed under the Apache License 2.0", "Apache-2.0"),
    ("# See http://www.apache.org/licenses/LICENSE-2.0 for the terms.", "Apache-2.0"),
    ("/*\n * We license it to you under the Apache\n * License, Version 2.0.\n */", "Apache-2.0"),
    ("# Released under the Apache Software License v2", "Apache-2.0"),
    (f"// {MIT}", "MIT"),
    ("// This code is MIT licensed.", "MIT"),
    ("/* @license MIT */", "MIT"),
    ("# Licensed under the MIT License. See LICENSE in the project root.", "MIT"),
    ("// Released under the terms of the MIT license", "MIT"),
    ("/*\n * Permission is hereby granted, free of charge, to any person\n * obtaining a copy of this software\n */", "MIT"),
    (f"# {BSD} provided that these conditions are met", "BSD-2-Clause"),
    (f"# {BSD}.\n# Neither the name of the author nor the names of others may be used", "BSD-3-Clause"),
    (f"// {BSD}. All advertising materials mentioning features must display it.", "BSD-4-Clause"),
    ("# Licensed under the 3-clause BSD license", "BSD-3-Clause"),
    ("# BSD 2-Clause License", "BSD-2-Clause"),
    ("# License: Simplified BSD license", "BSD-2-Clause"),
    ("// Distributed under the new BSD license.", "BSD-3-Clause"),
    (f"// {ISC}, provided that the above copyright notice appears.", "ISC"),
    (f"// {ISC}.", "0BSD"),
    ("// ISC licensed", "ISC"),
    ("/* This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. */", "MPL-2.0"),
    ("# The contents of this file are subject to the Mozilla Public License Version 1.1", "MPL-1.1"),
    ("// This is made available under the terms of the Eclipse Public License 2.0", "EPL-2.0"),
    ("// under the terms of the Eclipse Public License v1.0", "EPL-1.0"),
    (f"# {GNU.format('')}, either version 2 of the License, or (at your option) any later version.", "GPL-2.0-or-later"),
    (f"# {GNU.format('')} as published by us, version 2.", "GPL-2.0-only"),
    (f"# {GNU.format('')}, either version 3 of the License, or (at your option) any later version.", "GPL-3.0-or-later"),
    ("// Licensed under the GNU General Public License v3.0", "GPL-3.0-only"),
    ("# GPLv2+", "GPL-2.0-or-later"),
    ("# License: GPLv3", "GPL-3.0-only"),
    ("# Distributed under the GNU General Public License.", "GPL-1.0-or-later"),
    (f"# {GNU.format('Lesser')}; either version 2.1 of the License, or (at your option) any later version.", "LGPL-2.1-or-later"),
    (f"# {GNU.format('Lesser')}, version 3.", "LGPL-3.0-only"),
    ("// LGPLv3 or later", "LGPL-3.0-or-later"),
    (f"# {GNU.format('Library')}; either version 2 of the License, or (at your option) any later version.", "LGPL-2.0-or-later"),
    (f"# {GNU.format('Affero')}, either version 3 of the License, or (at your option) any later version.", "AGPL-3.0-or-later"),
    ("/* Licensed under the GNU Affero General Public License, version 3. */", "AGPL-3.0-only"),
    ("// This is free and unencumbered software released into the public domain.", "Unlicense"),
    ("# CC0 1.0 Universal", "CC0-1.0"),
    ("# To the extent possible under law: creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
    ("// Business Source License 1.1", "BUSL-1.1"),
    ("// Licensed under the Elastic License 2.0; you may not use this file except in compliance.", "Elastic-2.0"),
    ("// under the terms of the Server Side Public License, version 1", "SSPL-1.0"),
    ("// Distributed under the Boost Software License, Version 1.0.", "BSL-1.0"),
    ("// Altered source versions must be plainly marked as such", "Zlib"),
    ("// Licensed under the EUPL: European Union Public Licence v. 1.2", "EUPL-1.2"),
    ("# Licensed under either of Apache License, Version 2.0 or MIT license at your option.", "MIT OR Apache-2.0"),
]  # fmt: skip

TEXTS = [
    (f"MIT License\n\nCopyright (c) 2020 Jo\n\n{MIT}, subject to: the notice shall be included in all copies.", "MIT"),
    (f"MIT No Attribution\n\n{MIT}, to deal in the Software without restriction. {'x ' * 400}", "MIT-0"),
    ("Apache License\n                           Version 2.0, January 2004\n", "Apache-2.0"),
    ("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n\nPreamble\n\nor (at your option) any later version", "GPL-3.0-only"),
    ("GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n\nPreamble\n\nthe GNU Lesser General Public License instead", "GPL-2.0-only"),
    ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\nversion 3 of the GNU General Public License", "LGPL-3.0-only"),
    ("GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n\nPreamble\nThe GNU General Public License", "AGPL-3.0-only"),
    ("Mozilla Public License Version 2.0\n=====\n1.12. means the GNU General Public License, Version 2.0", "MPL-2.0"),
    (f"Copyright 2020 Jo\n\n{BSD}\n\nDocumentation: Attribution-ShareAlike 4.0 International", "BSD-2-Clause"),
    ("All we write is ours.", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expression"), HEADERS)
def test_a_header_says_its_licence(text: str, expression: str) -> None:
    assert notice_of(f"#!/bin/sh\n# Copyright (C) 2020 Some Body\n{text}\nint main() {{}}\n") == expression


def test_fifty_headers_are_known() -> None:
    assert len({text for text, _ in HEADERS}) >= 50


@pytest.mark.parametrize(("text", "expression"), TEXTS)
def test_a_licence_file_is_recognised(text: str, expression: str) -> None:
    assert licence_of(text) == expression


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return 1\n",
        "# limits of rate and time\n",
        "# Use of this source code is governed by a BSD-style license that can be found in the LICENSE file.\n",
        "// transmit licence plates\n",
        "\n" * 40 + f"# {APACHE}\n",
    ],
)
def test_code_that_names_no_licence_has_none(text: str) -> None:
    assert notice_of(text) == ""


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("# SPDX-License-Identifier: MIT\n", "MIT"),
        ("#!/bin/sh\n/* SPDX-License-Identifier:  Apache-2.0 OR MIT */", "Apache-2.0 OR MIT"),
        ("// SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("\n" * 40 + "# SPDX-License-Identifier: MIT\n", ""),
        ("print(1)\n", ""),
    ],
)
def test_spdx_expression_of_a_header(text: str, expression: str) -> None:
    assert spdx_of(text) == expression


@pytest.mark.parametrize(
    ("expression", "restrictive"),
    [("MIT", False), ("GPL-2.0-only", True), ("GPL-2.0-only OR MIT", False), ("MIT AND LGPL-3.0-only", True), ("BUSL-1.1", True),
     ("CC0-1.0", False), ("CC-BY-NC-4.0", True), ("", False)],
)  # fmt: skip
def test_a_licence_is_restrictive_when_every_choice_is(expression: str, restrictive: bool) -> None:
    assert is_restrictive(expression) is restrictive


def test_an_exception_is_no_family() -> None:
    assert families_of("GPL-2.0-only WITH Linux-syscall-note OR (MIT AND CC0-1.0)") == {"GPL", "MIT", "CC0"}
    assert families_of("AGPL-3.0-only") <= COPYLEFT


@pytest.mark.parametrize(
    ("text", "holders"),
    [
        ("Copyright (c) 2011-2024 Acme Corp. All rights reserved.", {"acme"}),
        ("# Copyright 2009 The Go Authors. All rights reserved.", {"go"}),
        ("Copyright © 2020, Jo Doe <jo@doe.example>", {"jo", "doe"}),
        ("Copyright JS Foundation and other contributors", {"js", "foundation", "other"}),
        ("Copyright [yyyy] [name of copyright owner]", set()),
        ("each copyright, patent, trademark notice", set()),
    ],
)
def test_holders_are_read_from_copyright_lines(text: str, holders: set[str]) -> None:
    assert holders_of(text) == holders


def test_rights_are_reserved_where_nothing_is_granted() -> None:
    assert is_reserved("# Copyright 2020 Acme\n# All Rights Reserved.\n")
    assert not is_reserved(f"# Copyright 2020 Acme. All rights reserved.\n# {BSD}\n")
    assert not is_reserved("# All rights reserved. Use is governed by a BSD-style license.\n")
    assert not is_reserved("x = 1\n")


ROOT_MIT = f"MIT License\n\nCopyright (c) 2020 Shop Ltd\n\n{MIT}, shall be included in all copies"
GPL = "# SPDX-License-Identifier: GPL-3.0-or-later\n"


def test_the_nearest_licence_file_above_holds() -> None:
    licensing = licensing_of({"LICENSE": ROOT_MIT, "lib/COPYING": "Mozilla Public License Version 2.0"})

    assert licensing.of("a.py", "") == "MIT"
    assert licensing.of("lib/deep/a.py", "x = 1") == "MPL-2.0"
    assert licensing_of({}).of("a.py", "") == ""


def test_header_then_sidecar_then_reuse_toml_then_the_licence_above() -> None:
    toml = '[[annotations]]\npath = ["lib/**", "b.py"]\nSPDX-License-Identifier = "ISC"\n'
    files = {"LICENSE": ROOT_MIT, "REUSE.toml": f"version = 1\n{toml}", "lib/b.py.license": "SPDX-License-Identifier: Zlib"}
    licensing = licensing_of(files)

    assert licensing.of("lib/b.py", "# SPDX-License-Identifier: 0BSD\n") == "0BSD"
    assert licensing.of("lib/b.py", "") == "Zlib"
    assert licensing.of("lib/deep/c.py", "") == "ISC"
    assert licensing.of("c.py", "") == "MIT"


def test_reuse_toml_is_relative_to_its_folder_and_its_last_match_holds() -> None:
    toml = (
        '[[annotations]]\npath = "*.py"\nSPDX-License-Identifier = ["MIT", "ISC"]\n'
        '[[annotations]]\npath = "a\\\\*.py"\nSPDX-License-Identifier = "Zlib"\n'
        '[[annotations]]\npath = "gen/**"\nprecedence = "override"\nSPDX-License-Identifier = "CC0-1.0"\n'
    )
    licensing = licensing_of({"pkg/REUSE.toml": toml, "REUSE.toml": toml.replace("CC0-1.0", "0BSD")})

    assert licensing.of("pkg/x.py", "") == "ISC AND MIT"
    assert licensing.of("pkg/a*.py", "") == "Zlib"
    assert licensing.of("pkg/deep/x.py", "") == ""
    assert licensing.of("pkg/gen/x/y.py", GPL) == "CC0-1.0"
    assert licensing.of("gen/x.py", "") == "0BSD"


def test_dep5_is_read() -> None:
    dep5 = "Format: x\n\nFiles: *\nCopyright: Jo\nLicense: MIT\n\nFiles: data/*\n lib/?.py\nLicense: MIT or ISC\n text\n"
    licensing = licensing_of({".reuse/dep5": dep5})

    assert [licensing.of(path, "") for path in ("a/b.py", "data/x/y.py", "lib/a.py")] == [
        "MIT",
        "MIT OR ISC text",
        "MIT OR ISC text",
    ]


@pytest.mark.parametrize(
    "broken", ["[[annotations", "annotations = 3", "[[annotations]]\npath = 1\nSPDX-License-Identifier = 2\n", "[" * 9999]
)
def test_a_broken_reuse_toml_says_nothing(broken: str) -> None:
    assert licensing_of({"REUSE.toml": broken, "LICENSE": ROOT_MIT}).of("a.py", "") == "MIT"


@pytest.mark.parametrize(
    ("files", "expression"),
    [
        ({"LICENSE-MIT": ROOT_MIT, "LICENSE-APACHE": APACHE}, "Apache-2.0 OR MIT"),
        ({"LICENSE": APACHE, "COPYING": ROOT_MIT}, "Apache-2.0 AND MIT"),
        ({"COPYING": "GNU GENERAL PUBLIC LICENSE Version 3", "COPYING.LESSER": "GNU LESSER GENERAL PUBLIC LICENSE Version 3"},
         "LGPL-3.0-only"),
        ({"LICENSES/EUPL-1.2.txt": "…"}, "EUPL-1.2"),
        ({"LICENSES/EUPL-1.2.txt": "…", "LICENSES/MIT.txt": "…"}, ""),
        ({"LICENSE": "We reserve everything."}, ""),
    ],
)  # fmt: skip
def test_several_licence_files_make_one_expression(files: dict[str, str], expression: str) -> None:
    assert licensing_of(files).of("src/a.py", "x = 1\n") == expression


def test_copyleft_in_a_permissive_repository_is_foreign() -> None:
    mit, gpl = licensing_of({"LICENSE": ROOT_MIT}), licensing_of({"COPYING": "GNU GENERAL PUBLIC LICENSE Version 3"})

    assert mit.why_foreign("a.py", GPL) == "GPL-3.0-or-later, in a repository under MIT"
    assert licensing_of({}).why_foreign("a.py", GPL) == "GPL-3.0-or-later, in a repository without a licence"
    assert gpl.why_foreign("a.py", GPL) == ""
    assert mit.why_foreign("a.py", "# SPDX-License-Identifier: Apache-2.0\n") == ""
    assert mit.why_foreign("a.py", "x = 1\n") == ""
    assert gpl.why_foreign("a.py", "x = 1\n") == ""


def test_rights_that_another_company_reserves_are_foreign() -> None:
    licensing = licensing_of({"LICENSE": ROOT_MIT})

    assert licensing.why_foreign("a.py", "# Copyright (c) 2020 Acme Corp. All rights reserved.\n")
    assert not licensing.why_foreign("a.py", "# Copyright (c) 2020 Shop Ltd. All rights reserved.\n")
    assert not licensing.why_foreign("a.py", "# Copyright (c) 2020 Acme Corp\n")
    assert not licensing_of({}).why_foreign("a.py", "# Copyright (c) 2020 Acme Corp. All rights reserved.\n")


@pytest.mark.parametrize(
    "path",
    ["LICENSE", "lib/licence.md", "COPYING.LESSER", "UNLICENSE", "REUSE.toml", ".reuse/dep5", "LICENSES/A.txt", "a.py.license"],
)
def test_licence_files_are_known_by_name(path: str) -> None:
    assert is_licence_file(path)


@pytest.mark.parametrize("path", ["license.py/a.py", "src/licences.py.txt/x", "copying_machine.py", "src/a.py"])
def test_other_files_are_not(path: str) -> None:
    assert not is_licence_file(path)
