"""Words of other work than fixes: documents, tests, builds, style, features, and commits that are taken back.

The form of the tables is that of ``fix_words``.
"""

from __future__ import annotations

from collections.abc import Mapping

TAKEN_BACK = r"""
    (?:revert(?:s|ed|ing)?|reapply|reinstate|undo|roll(?:ed)?_?back|back(?:ed)?_out|merged?|release[:\s]+v?\d|bump)\b
    v?\d+(?:\.\d+){1,3}\S{0,20}\s*$ \[pre-commit\.ci\] 回滚 还原 撤销 合并 发布
"""
"""Beginnings that are no fix whatever follows: of reverts, merges, releases and bots."""

OTHER_DEEDS: Mapping[str, str] = {
    "en": r"""
        add(?:s|ed|ing)? new implement(?:s|ed|ing)? introduc(?:e|es|ed|ing) support(?:s|ed|ing)? allow(?:s|ed|ing)?
        enabl(?:e|es|ed|ing) provid(?:e|es|ed|ing) creat(?:e|es|ed|ing) expos(?:e|es|ed|ing) exten(?:d|ds|ded|ding)
        document(?:s|ed|ing)? describ(?:e|es|ed|ing) explain(?:s|ed)? mention(?:s|ed)? clarif(?:y|ies|ied)
        refactor(?:s|ed|ing)? renam(?:e|es|ed|ing) mov(?:e|es|ed|ing) remov(?:e|es|ed|ing) drop(?:s|ped|ping)?
        delet(?:e|es|ed|ing) deprecat(?:e|es|ed|ing) updat(?:e|es|ed|ing) upgrad(?:e|es|ed|ing) bump(?:s|ed|ing)?
        releas(?:e|es|ed|ing) prepar(?:e|es|ed|ing) version pin(?:s|ned|ning)? test(?:s|ed|ing)? improv(?:e|es|ed|ing)
        enhanc(?:e|es|ed|ing) simplif(?:y|ies|ied) clean(?:s|ed|ing)? switch(?:es|ed|ing)? convert(?:s|ed|ing)?
        translat(?:e|es|ed|ing) rewrit(?:e|es|ten|ing) reword extract(?:s|ed)? split(?:s)? replac(?:e|es|ed|ing)
        appl(?:y|ies|ied) port build generat(?:e|es|ed) migrat(?:e|es|ed|ing) better more moar optimi[sz](?:e|es|ed|ing)
        offer(?:s|ed)? suggest(?:s|ed)? modif(?:y|ies|ied) tweak(?:s|ed)? list record display export exclude
        disabl(?:e|es|ed|ing) re-?export
    """,
    "de": r"""
        neu(?:e|er|es|en)? füge ergänz(?:e|t|ung) entfern(?:e|t|en) verschieb(?:e|t) umbenannt aktualisier(?:e|t|ung)
        verbesser(?:e|t|ung|ungen) Unterstützung Support Möglichkeit Hinweis Tests? Tool Refactoring Umstellung Option
        Konfigurationsoption Einführung Implementierung Anzeige Dokumentiert?
    """,
    "fr": r"""
        ajout(?:e|s|er|é|ée|és|ées|ons)? maj mise_à_jour renomme(?:r|z)? supprim(?:e|er|é) améliore(?:r|s)? améliorations?
        déplace(?:r)? nouve(?:au|lle)s? création crée tests? documente nettoie remplace permet met harmonise refactorise
        traduit change enlève retire
    """,
    "es": r"""
        añad(?:e|ido|ida|idos|idas|ir|iendo|imos) agreg(?:o|a|ado|ada|ados|adas|ar|ue|ando)
        actualiz(?:o|a|ado|ada|ados|adas|ar|ando|amos) elimin(?:a|o|ado|ada|ados|adas|ar)
        mejor(?:a|as|o|ado|ada|ados|adas|ar) nuev[oa]s? renombr(?:a|o|ado|ada|ar) refactor(?:iza|izado|izar)?
        cambi(?:o|a|ado|os) mueve movid[oa] cread[oa]s? permit(?:e|ir) implement(?:a|ado|ada|o|ar) documenta(?:do)?
        traduc(?:e|ido|cion) prueba
    """,
    "zh": r"""
        新增 添加 增加 支持 升级 更新 删除 移除 重构 发布 优化 完善 测试 去掉 引入 实现 提供 允许 改名 重命名 补充 调整
        修改 add update
    """,
}
"""Beginnings of subjects of other work; what they mend must be said after "and" or "to"."""

OTHER_ACTS = r"""
    raise raises throw throws return returns report reports show shows print log logs emit catch treat make map wrap
    propagate turn set skip check checks verify validate warn die exit expect ignore handle handles handling use include
    count collect detect find mark store send track hide style define assert inject simulate highlight let filter sort
    paginate plot visuali[sz]e colou?r draw group search order rank
    compare summari[sz]e upload download parse read write load save notify ask publish tag label assign mostrar Zeige Melde
    affiche lève
    muestra lanza
"""
"""Beginnings after which "error" is what the program says, not what it does wrong."""

AND = r"and und et y e"

TO = r"to which that um zur zum zu pour qui para que by should must"

OTHER_THINGS: Mapping[str, str] = {
    "en": r"""
        typos? spell(?:ing|ings) mis-?spell(?:ing|ings|ed) grammar wording phrasing punctuation docs? doc-?strings?
        documentation javadocs? rustdocs? readme(?:\.\w+)? change-?logs? release_(?:notes|process|scripts?|workflow)
        (?:code_)?comment_typos? lint(?:s|er|ers|ing)? flake8? eslint pylint mypy clippy clippies ruff isort pep-?8 rubocop
        checkstyle prettier white-?spaces? trailing_(?:white-?)?spaces? indent(?:ation|ing|s)? travis appveyor circle-?ci
        saucelabs jenkins codecov coveralls coverage dependabot renovate pre-commit github_(?:actions?|workflows?)
        workflows? ci tests? unit-?tests? test-?(?:cases?|suites?|data) testing tox fixtures? specs? doctests?
        (?:type|typing)_(?:hints?|annotations?|errors?|defs?|definitions?|checks?|checking) typings? typescript annotations?
        warnings? deprecat(?:ions?|ed) builds? compilation compile compiler dependenc(?:y|ies) dependanc(?:y|ies) deps
        lock-?files? version(?:s|_numbers?) copyrights? licen[cs]es? logos? badges? translations? examples? demos?
        screenshots? code[-_]style coding_style formatting_issues? style_issues?
        (?:unused|dead|unuse)_(?:code|imports?|variables?) merge(?:_conflicts?)? conflicts? bugbear
        static_(?:code_)?analys[ei]s test\x5f\w+ sentences? verbiage paragraphs? dockerfile docker[-_]compose rakefile
        makefile nits? naming capitali[sz]ation permalinks? review_(?:comments?|feedback|remarks|notes) end_of_files CRLF
        line_endings generics?
        images?_(?:in|for)_(?:docs|readme) \w+\.(?:md|rst|adoc)
    """,
    "de": r"""
        Tippfehlern? Schreibfehlern? Rechtschreib\w{0,12} Typos? Kommentar(?:e|en|s)? Doku(?:mentation)? Übersetzung(?:en)?
        Uebersetzung(?:en)? Einrückung(?:en)? Einrueckung(?:en)? Formatierung(?:en)? Testfälle Unittests? Kompilierung
        Warnung(?:en)? Changelog Lizenz(?:en)? Hilfetexte? Schreibweise Formulierung(?:en)?
    """,
    "fr": r"""
        fautes? orthographe? coquilles? commentaires? traductions? doc mise_en_forme mise_en_page_du_code typographie
        dépendances? avertissements? licence libellés?
    """,
    "es": r"""
        erratas? ortograf[ií]as? ortogr[aá]fic[oa]s? tipeo comentarios? documentaci[oó]n traducci(?:ón|ones) pruebas?
        indentaci[oó]n dependencias? licencia formato_del_código estilo_del_código
    """,
    "zh": r"""
        拼写 错别字 错字 单词 注释 文档 警告 测试 单测 格式化 javadoc 文字 文案 排版 依赖 编译 代码规范 代码风格 代码格式
        变量名 命名 示例
    """,
}
"""What may be mended and is not what the code does, wherever it stands in the object."""

PARTS_OF_CODE = r"""
    runners? loaders? lookups? detection detectors? pars(?:er|ers|ing) handling handlers? resolv(?:er|ing) resolution
    readers? lexers? servers? clients? compar(?:ison|ing) matching matcher discovery selection inference suggestions?
    extraction extractor shown rendering switcher cache caching ignor(?:ing|ed) comparators?
"""
"""After a thing of other work they make it a part of the code: a test runner, a version comparison."""

DEPENDENCIES = r"""
    (?:updat|upgrad|bump|pin|mov)(?:e|es|ed|ing|s|ped)?\s+(?:\S+\s+){0,5}?(?:dependenc\w{1,3}|deps|to_v?\d|package)
    (?:dependency|dependencies)\b delete_unused?\b remove_unused?\b
"""
"""Updates that bots, and who takes after them, call fixes."""

OTHER_ALONE: Mapping[str, str] = {
    "en": r"""
        (?:code_)?styles? format formatting imports? import_order links? urls? comments? types? headings? tutorials?
        gitignore linebreaks? line_lengths?
    """,
    "de": r"Formate? Links? Namen Texte?",
    "fr": r"liens? imports? formatage style",
    "es": r"enlaces? importaciones formato estilos?",
    "zh": r"格式 样式",
}
"""The same, where nothing but a place or an end follows: "fix imports", but not "fix import of holidays"."""

AFTER_ALONE = r"in inside within im dans en at about for_all"

OTHER_PLACES = r"""
    README docs? documentation change-?log doc-?strings? tests? test_suite test_cases? CI travis examples? Makefile
    workflows? release_notes guide tutorial setup\.py setup\.cfg Pipfile
    (?:publish|release|install|build|test)_scripts? Doku(?:mentation)? la_doc
    documentaci[oó]n package\.json pyproject\.toml error_messages? \S{1,60}\.(?:md|rst|lock|ya?ml)
"""
"""Where no code is."""

WHERE = r"in inside within im dans en of for from on to at after per reported found"

SMALL = r"""
    a an the some more many several minor small few all various up another last remaining broken wrong incorrect bad missing
    invalid dead unused two code inconsistent of lot die der das den kleine einige les? la l' des du un une quelques los las
    el varios algunos unos
"""
"""Words before a thing that change nothing of what it is."""
