"""Words of fixes: what subjects of commits say of a defect, and of other work, by language, as parts of regular expressions.

Each table names a language and its words with their inflections; ``fix_subjects`` says how they are put together. None of them repeats
a repetition, so that a hostile subject takes no longer than a friendly one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["fix", "other"]

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("fix", "fixes", "fixed", "bugfix", "bugfixes", "bug-fix", "bug fix", "hotfix", "bug", "regression", "crash"), "fix"),
    **dict.fromkeys(("feat", "feature", "perf", "refactor", "refacto", "refactoring", "style", "chore", "improvement", "enhancement"), "other"),
    **dict.fromkeys(("add", "new", "imp", "mig", "ref", "ren", "del", "rem", "bump", "upgrade", "deprecate", "wip", "cleanup", "revert", "merge", "update", "dx", "ux"), "other"),
}  # fmt: skip
"""What a conventional type, or a tag in brackets, says of the commit. What it says nothing about is in none of them."""

OTHER_AREAS = frozenset(
    "build builds ci cd circleci travis appveyor workflow workflows actions github gitlab docker meson cmake makefile make config deps dep"
    " dependencies deps-dev release releases changelog version doc docs doku documentation readme man guide tutorial example examples demo"
    " test tests testing spec e2e lint linter eslint style styles format prettier type types typing typings typo typos spelling comment comments"
    " i18n l10n locale locales translation translations po license licence benchmark mypy clippy ruff flake8 pre-commit gitignore package"
    " website site".split()
)
"""Scopes (``fix(docs): …``) and areas (``docs: …``) where what is mended is not what the code does."""

EMOJI: Mapping[str, Kind] = {
    **dict.fromkeys(("🐛", "bug", "🚑", "ambulance", "🩹", "adhesive_bandage", "🔒", "lock"), "fix"),
    **dict.fromkeys(
        ("✨", "sparkles", "📝", "memo", "✅", "white_check_mark", "🔖", "bookmark", "⬆", "arrow_up", "⬇", "arrow_down", "♻", "recycle",
         "🔥", "fire", "✏", "pencil2", "👷", "construction_worker", "💚", "green_heart", "🚨", "rotating_light", "🔧", "wrench", "🔨", "hammer",
         "📌", "pushpin", "➕", "heavy_plus_sign", "➖", "heavy_minus_sign", "🌐", "globe_with_meridians", "🚚", "truck", "📄",
         "page_facing_up", "💡", "bulb", "🙈", "see_no_evil", "🚀", "rocket", "🎉", "tada", "🏷", "label", "⚡", "zap", "🍱", "bento", "⏪",
         "rewind", "🔀", "twisted_rightwards_arrows", "📈", "🌱", "seedling", "💬", "speech_balloon", "📸", "camera_flash", "🧪",
         "test_tube", "🏗", "building_construction", "⚰", "coffin", "🗑", "wastebasket"), "other",
    ),
}  # fmt: skip
"""The meanings of https://gitmoji.dev, of those whose meaning settles it; "simple fix" and "security" count as fixes."""

SIGNS: Mapping[str, Kind] = {"@B": "fix", "@N": "other", "@C": "other", "@R": "other"}
"""Marks from the days of CVS, which some projects kept: a bug, something new, a change, something removed."""

TAKEN_BACK = (
    r"(?:revert(?:s|ed|ing)?|reapply|reinstate|undo|roll(?:ed)? ?back|back(?:ed)? out|merged?|release[:\s]+v?\d|bump)\b"
    r"|v?\d+(?:\.\d+){1,3}\S{0,20}\s*$|\[pre-commit\.ci\]|回滚|还原|撤销|合并|发布"
)
"""Beginnings that are no fix whatever follows: of reverts, merges, releases and bots."""

AND = "and|und|et|y|e"
TO = "to|which|that|um|zur|zum|zu|pour|qui|para|que|by|should|must"

COMPOUNDS: Mapping[str, str] = {
    "en": r"fixed-[a-z]+|(?<=\w )fixed (?:sized?|length|point|position|positioned|positioning|fonts?|headers?|footer|columns?|rows?|layout|prices?|rates?"
    r"|amounts?|costs?|number|seeds?|set|interval|window|step|time|dates?|order|ratio|values?|arrays?|precision|capacity|offsets?|term|income|effects?"
    r"|toolbar|navbar|sidebar|menu|background|topbar|version|schedule|timestep|buckets?|buffers?|strings?|pool|list|table|grid|blocks?|format|type"
    r"|delay|timeout|depth|height|width)"
    r"|(?:make|makes|keep|keeps|stay|stays|remain|remains) (?:\S+ ){0,4}?fixed"
    r"|fixed (?:width|length|size|point|sized|price|rate)(?! (?:of|in|for|when|on|if|at|bugs?|issues?|problems?|errors?|calculation|computation|handling))"
    r"|bugs?[- ](?:report|reports|reporter|reporting|tracker|tracking|templates?|bounty|form|forms|label|labels|hunt|triage|database|list|link|url)"
    r"|(?:crash|crashes|error|errors|exception|exceptions|fault|leak|race|deadlock|problem|failure|failures|panic|segfault)[- ]?"
    r"(?:report|reports|reported|reporter|reporters|reporting|handler|handlers|handling|log|logs|logger|logging|dump|dumps|message|messages"
    r"|page|pages|code|codes|types?|boundary|boundaries|class|classes|tracker|tracking|detector|detection|check|checks|checker|form|templates?"
    r"|output|text|string|strings|response|responses|count|counter|recovery|screen|dialog|notification|notifications|states?|status|budget"
    r"|level|levels|rate|rates|test|tests|tester|testing|variant|variants|enum|object|objects|description|callback|hook|view|views|wrapper"
    r"|prone|free|safe|tolerant|simulator|injection|analytics|sanitizer|tolerance|details?|info|hints?|docs|context|chain|chains|bars?)"
    r"|broken[- ](?:links?|images?|urls?)[- ](?:check|checks|checker|checking|detector|detection|finder|report|reports|scanner|test|tests)"
    r"|regression[- ](?:test|tests|suite|testing|model|models|analysis|check|checks)|(?:linear|logistic|ridge|lasso) regression"
    r"|(?:auto|quick|code)[- ]?fix(?:es|er|ers|ing|able)?|fix[- ]?its?|correction factors?"
    r"|(?:gamma|colou?r|lens|auto|spell(?:ing)?|perspective|bias|drift|grammar)[- ]?correct(?:ion|ions|ed|or)?|correctness"
    r"|(?:wrong|incorrect|broken)[- ](?:answers?|passwords?|pin|credentials|guesses)"
    r"|(?:in case of|on|upon)(?: (?:an?|any))? (?:errors?|failures?|problems?|exceptions?)",
    "de": r"Fehler(?:meldung|meldungen|behandlung|protokoll|protokolle|codes?|text|texte|seite|seiten|bericht|berichte|berichten|log|klasse|klassen"
    r"|ausgabe|suche|formular|liste)|Absturz(?:bericht|berichte|melder|protokoll)|Korrektur(?:modus|buchung|buchungen|faktor|rechnung|rechnungen)",
    "fr": r"(?:messages?|pages?|codes?|rapports?|gestion|journal|types?) d(?:es |e |'|’)(?:erreurs?|exceptions?|bugs?|plantages?)"
    r"|correct(?:ion|eur) (?:orthographique|automatique)|formulaire de (?:bug|correction)|taux fixes?|prix fixes?|largeur fixe|taille fixe",
    "es": r"(?:mensajes?|páginas?|códigos?|informes?|manejo|gestión|registros?|reportes?|tipos?) de (?:errores|error|fallos|excepciones|bugs)"
    r"|corrector ortográfico|facturas? rectificativas?|(?:ancho|tamaño|precio|importe) fijo",
    "zh": r"错误(?:信息|码|代码|提示|日志|处理|页面|页|类型|消息|报告|上报|重试|统计)|异常(?:处理|类|信息|捕获|日志|页面|拦截|上报|监控|提示)"
    r"|自定义异常|全局异常|业务异常|自动修复|修复工具|(?:bug|问题|崩溃)(?:反馈|报告|模板|收集|上报|日志)|常见问题",
}
"""Names of things that hold a word of defects or fixes and are neither; they are looked through."""

MENDS: Mapping[str, str] = {
    "en": r"fix(?:es|ed|ing)?|(?:bug|hot)-?fix(?:es|ed|ing)?|correct(?:s|ed|ing|ions?)?|repair(?:s|ed|ing)?|work(?:s|ed|ing)?[- ]?arounds?|unbreak"
    r"|rectif(?:y|ies|ied)|mend(?:s|ed)?",
    "de": r"(?:ge)?fixt|gefixed|fixen|beheb(?:t|en|e|ung)|behob(?:en|ene|enen)|korrigier(?:t|e|en|te|ten)|Korrektur(?:en)?|reparier(?:t|e|en|te)"
    r"|Reparatur(?:en)?|berichtig(?:t|e|en|te|ung)|ausgebessert|(?:Fehler|Bug)[- ]?(?:behebung|korrektur|beseitigung)(?:en)?|Fehlerbereinigung",
    "fr": r"corrig(?:e|es|er|é|ée|és|ées|eons|eant)|correctifs?|répar(?:e|er|é|ée|és|ées|ation|ations)|repare|rétabli(?:t|r|e|s)?|retabli(?:t|r)"
    r"|débogu(?:e|er|age)|debug(?:ue|age)|fixer|fixe",
    "es": r"corrig(?:e|ió|iendo|o|en|ieron)|corregi|corregí|correg(?:ir|ido|ida|idos|idas)|correcci[oó]n(?:es)?|correcciones|arregl(?:a|o|ó|ar|ado|ada|ados|adas|ando|os|é|an|amos|aron)"
    r"|solucion(?:a|o|ó|ar|ado|ada|ados|adas|ando|é|an|aron)|soluci[oó]n|reparad[oa]s?|reparo|repara|subsan(?:a|ar|ado|ada|ados|adas)",
    "zh": r"修[复復]|修正|修补|[解觧][决決]|纠正|糾正|更正|改正|修好",
}
"""Words that say that something is mended; the object tells whether it is what the code does."""

SOLVES: Mapping[str, str] = {
    "en": r"resolv(?:e|es|ed|ing)|solv(?:e|es|ed|ing)|address(?:es|ed|ing)?|patch(?:es|ed)?|handl(?:e|es|ed|ing)"
    r"|eliminat(?:e|es|ed|ing)|squash(?:es|ed)?|tackle[sd]?",
    "de": r"gelöst|löst|löse|beseitig(?:t|e|en)|abgefangen|behandelt|ausgeräumt",
    "fr": r"résou(?:t|d|ds|dre)|résolu(?:e|s|es|tion)?|resolu(?:tion|e)?|règle|supprime|élimine|traite",
    "es": r"resuel(?:ve|to|ta|tos|tas)|resolv(?:er|iendo|ió)|resolución|elimina(?:do|da)?|trata(?:do)?",
    "zh": r"修改|处理|處理|调整|調整|优化|改进|消除|去除|完善|避免|防止|规避|兼容",
}
"""Words that mend only what names a defect, or an issue: "resolve relative paths" is other work."""

DEFECTS: Mapping[str, str] = {
    "en": r"bugs?|regress(?:ions?|ed)|crash(?:es|ed|ing)?|dead-?locks?|leak(?:s|ed|ing)?|(?:race condition|data race)s?|vulnerabilit(?:y|ies)|CVE-\d+"
    r"|segfault(?:s|ed|ing)?|infinite (?:loops?|recursion)|use[- ]after[- ]free|null[- ]?pointers?"
    r"|NPEs?|(?:buffer|stack|integer|heap) overflows?|off[- ]by[- ]one|broke|syntax errors?|misbehav(?:es|ed|ing|iou?r)|not work(?:ing)?|doesn't work|don't work"
    r"|XSS|memory corruption|data loss",
    "de": r"Bugs?|Abst(?:urz|ürze|ürzen)|Fehlern?|Speicherlecks?|Endlosschleifen?|(?:funktioniert|funktionierte|ging|geht|klappt|klappte|konnten?|wurden?) (?:\w+ )?nicht",
    "fr": r"bugs?|bogues?|plantages?|plante|régressions?|boucles? infinies?|fuites? (?:de )?mémoire|ne (?:\w+ )?(?:fonctionne|marche) (?:pas|plus)",
    "es": r"bugs?|fallos?|fallas?|no (?:funciona|funcionaba|guardaba|mostraba|calculaba)|bucles? infinitos?"
    r"|fugas? de memoria|cuelgues?",
    "zh": r"(?<![A-Za-z])bug(?![A-Za-z])|缺陷|报错|崩溃|死锁|死循环|内存泄[漏露]|漏洞|失效|不生效|无效|乱码|闪退|空指针|问题|(?:错误|异常|丢失)(?=\W*(?:$|[,，。;；.]))|不起作用",
}
"""What names a defect, unless the subject begins with other work."""

FAULTY: Mapping[str, str] = {
    "en": r"broken|incorrect(?:ly)?|wrong(?:ly)?",
    "de": r"falsch(?:e|er|es|en|em)?|fehlerhaft(?:e|er|es|en|em)?|defekt(?:e|er|es|en)?|kaputt(?:e|er|es)?",
    "fr": r"incorrect(?:e|s|es)?|cassée?s?|mauvaise?s?|erronée?s?",
    "es": r"incorrect[oa]s?|erróne[oa]s?|erronea|rot[oa]s?",
    "zh": r"错误|异常|失败|丢失|有误|不正确|错乱",
}
"""What calls something defective: what it is tells the rest ("broken docs")."""

SYMPTOMS: Mapping[str, str] = {
    "en": r"(?:errors?|exceptions?|failures?|fails?|failing|failed|issues?|problems?|panics?|hangs?|freezes?|warnings?|glitch(?:es)?|\w+(?:Error|Exception)`?)",
    "de": r"(?:Probleme?|Fehler|Exceptions?|\w+(?:Exception|Error)|Meldung)",
    "fr": r"(?:erreurs?|problèmes?|exceptions?|soucis?|anomalies?|défauts?|incohérences?)",
    "es": r"(?:error(?:es)?|problem(?:a|as|ín|illa|ita)|excepci(?:ón|ones)|inconvenientes?)",
    "zh": r"失败",
}
"""What names a defect if a circumstance follows, or if it is what is solved."""

CIRCUMSTANCE = r"(?:when|if|on|in|with|while|during|after|for|wenn|bei|beim|im|mit|quand|lors|avec|si|dans|cuando|al|con|en)\b"

AVOIDS: Mapping[str, str] = {
    "en": r"(?:do not|don't|dont|never|no longer|doesn't|does not|not) (?:\w+ )?(?:crash|fail|panic|raise|throw|remove|lose|drop|ignore|break|hang|leak|overwrite"
    r"|segfault|die|choke|barf|swallow|discard|delete|mangle|truncate|corrupt|strip|forget|freeze|loop|duplicate|clobber|blow|explode|assert|crashes"
    r"|double|show an error|report|return|emit|escape|unescape|call|close|assume|treat|try|attempt|mark|touch|reset|leave)s?"
    r"|(?:avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?) (?:\S+ ){0,4}?(?:crash(?:es|ing)?|errors?|\w*exceptions?|\w+Error`?|leak(?:s|ing)?|overflows?|deadlocks?|races?"
    r"|race conditions?|division by zero|warnings?|double|duplicates?|infinite|null|undefined|nil|panics?|hangs?|hanging|segfaults?|failures?|XSS|injections?|corruption|loss"
    r"|out[- ]of[- ]bounds|losing|recursion|truncation|breaking|conflicts?|npe|stale|wrong|unintended|unexpected|accidental(?:ly)?)"
    r"|handl(?:e|es|ed|ing) (?:the )?(?:case|cases|empty|missing|null|none|nil|nan|overflow|malformed|undefined|zero|division by zero|`None`|`null`)"
    r"|handl(?:e|es|ed|ing) (?:\S+ ){0,3}?(?:edge|corner)[- ]?cases?|forg(?:ot|otten)",
    "de": r"(?:stürzt|bricht|hängt|stürzte) (?:\w+ ){0,3}nicht mehr|nicht mehr (?:ab|abstürzen|verloren|doppelt)|verhinder[tn]?|vermeide[tn]?|vergessen(?:e|er|es|en)?",
    "fr": r"(?:évite|éviter|empêche|empêcher) (?:\S+ ){0,4}?(?:plantages?|erreurs?|crash|bugs?|exceptions?|doublons?|perte|fuites?|division)|ne (?:plante|casse|crashe) plus",
    "es": r"(?:evit(?:a|ar|ado|amos|ando)|imped(?:ir|ido)|impide) (?:\S+ ){0,5}?(?:error(?:es)?|fallos?|bugs?|excepci(?:ón|ones)|duplicad[oa]s?|duplicar|cuelgues?|bucles?|pérdidas?)|ya no (?:\w+ )?(?:falla|guarda|muestra|se cuelga|duplica|da error|pierde|borra)",
    "zh": r"(?:防止|避免|规避)\S{0,20}(?:错误|异常|重复|丢失|崩溃|溢出|报错|死锁|泄[漏露]|失败|空指针|冲突|注入)",
}
"""Phrases of what no longer goes wrong."""

RIGHTLY: Mapping[str, str] = {
    "en": r"correctly|properly|gracefully|as expected|proper",
    "de": r"(?:nun |jetzt |wieder )(?:korrekt|richtig|korrekte[nrs]?|richtige[nrs]?)|(?:korrekt|richtig)(?: \w+)?$|wieder(?: \w+)? (?:funktioniert|möglich|angezeigt|sichtbar)|funktioniert wieder",
    "fr": r"correctement(?=\W*$)|à nouveau|de nouveau",
    "es": r"(?:correcta|adecuada)mente(?=\W*$)|nombres? (?:\w+ )?(?:\w+ )?correct[oa]s?",
    "zh": r"正确(?!性)",
}
"""That something is done as it should be, and so was not."""

SMALL = (
    "a|an|the|some|more|many|several|minor|small|few|all|various|up|another|last|remaining|broken|wrong|incorrect|bad|missing|invalid|dead|unused"
    "|two|code|inconsistent|of|lot|die|der|das|den|kleine|einige|les?|la|l'|des|du|un|une|quelques|los|las|el|varios|algunos|unos"
)
"""Words before a thing that change nothing of what it is."""

OTHER_THINGS: Mapping[str, str] = {
    "en": r"typos?|spell(?:ing|ings)|mis-?spell(?:ing|ings|ed)|grammar|wording|phrasing|punctuation|docs?|doc-?strings?|documentation|javadocs?|rustdocs?|readme(?:\.\w+)?"
    r"|change-?logs?|release (?:notes|process|scripts?|workflow)|(?:code )?comment typos?|lint(?:s|er|ers|ing)?|flake8?|eslint|pylint|mypy|clippy|clippies|ruff|isort|pep-?8|rubocop"
    r"|checkstyle|prettier|white-?spaces?|trailing (?:white-?)?spaces?|indent(?:ation|ing|s)?|travis|appveyor|circle-?ci|saucelabs|jenkins|codecov|coveralls|coverage"
    r"|dependabot|renovate|pre-commit|github (?:actions?|workflows?)|workflows?|ci|tests?|unit-?tests?|test-?(?:cases?|suites?|data)|testing|tox|fixtures?|specs?|doctests?"
    r"|(?:type|typing) (?:hints?|annotations?|errors?|defs?|definitions?|checks?|checking)|typings?|typescript|annotations?|warnings?|deprecat(?:ions?|ed)|builds?|compilation|compile|compiler"
    r"|dependenc(?:y|ies)|dependanc(?:y|ies)|deps|lock-?files?|version(?:s| numbers?)|copyrights?|licen[cs]es?|logos?|badges?|translations?|examples?|demos?|screenshots?"
    r"|code[- ]style|coding style|formatting issues?|style issues?|(?:unused|dead|unuse) (?:code|imports?|variables?)|merge(?: conflicts?)?|conflicts?|bugbear|static (?:code )?analys[ei]s|test_\w+|sentences?|verbiage|paragraphs?|dockerfile|docker[- ]compose|rakefile|makefile|nits?|naming|capitali[sz]ation|permalinks?"
    r"|end of files|CRLF|line endings|generics?|images? (?:in|for) (?:docs|readme)|\w+\.(?:md|rst|adoc)",
    "de": r"Tippfehlern?|Schreibfehlern?|Rechtschreib\w{0,12}|Typos?|Kommentar(?:e|en|s)?|Doku(?:mentation)?|Übersetzung(?:en)?|Uebersetzung(?:en)?|Einrückung(?:en)?|Einrueckung(?:en)?"
    r"|Formatierung(?:en)?|Testfälle|Unittests?|Kompilierung|Warnung(?:en)?|Changelog|Lizenz(?:en)?|Hilfetexte?|Schreibweise|Formulierung(?:en)?",
    "fr": r"fautes?|orthographe?|coquilles?|commentaires?|traductions?|doc|mise en forme|mise en page du code|typographie|dépendances?|avertissements?|licence|libellés?",
    "es": r"erratas?|ortograf[ií]as?|ortogr[aá]fic[oa]s?|tipeo|comentarios?|documentaci[oó]n|traducci(?:ón|ones)|pruebas?|indentaci[oó]n|dependencias?|licencia|formato del código|estilo del código",
    "zh": r"拼写|错别字|错字|单词|注释|文档|警告|测试|单测|格式化|javadoc|文字|文案|排版|依赖|编译|代码规范|代码风格|代码格式|变量名|命名|示例",
}
"""What may be mended and is not what the code does, wherever it stands in the object."""

DEPENDENCIES = r"(?:updat|upgrad|bump|pin|mov)(?:e|es|ed|ing|s|ped)?\s+(?:\S+\s+){0,5}?(?:dependenc\w{1,3}|deps|to v?\d|package)|(?:dependency|dependencies)\b|delete unused?\b|remove unused?\b"
"""Updates that bots, and who takes after them, call fixes."""

PARTS_OF_CODE = (
    r"runners?|loaders?|lookups?|detection|detectors?|pars(?:er|ers|ing)|handling|handlers?|resolv(?:er|ing)|resolution|readers?|lexers?|servers?|clients?|compar(?:ison|ing)"
    r"|matching|matcher|discovery|selection|inference|suggestions?|extraction|extractor|shown|rendering|switcher|cache|caching|ignor(?:ing|ed)|comparators?"
)
"""After a thing of other work they make it a part of the code: a test runner, a version comparison."""

OTHER_ALONE: Mapping[str, str] = {
    "en": r"(?:code )?styles?|format|formatting|imports?|import order|links?|urls?|comments?|types?|headings?|tutorials?|gitignore|linebreaks?|line lengths?",
    "de": r"Formate?|Links?|Importe?|Namen|Texte?",
    "fr": r"liens?|imports?|formatage|style",
    "es": r"enlaces?|importaciones|formato|estilos?",
    "zh": r"格式|样式",
}
"""The same, where nothing but a place or an end follows: "fix imports", but not "fix import of holidays"."""

AFTER_ALONE = "in|inside|within|im|dans|en|at|about|for all"
WHERE = "in|inside|within|im|dans|en|of|for|from|on|to|at|after|per|reported|found"
OTHER_PLACES = (
    r"(?:README|docs?|documentation|change-?log|doc-?strings?|tests?|test suite|test cases?|CI|travis|examples?|Makefile|workflows?|release notes|guide|tutorial|setup\.py|setup\.cfg|Pipfile"
    r"|comments|(?:publish|release|install|build|test) scripts?|Kommentar(?:en)?|Doku(?:mentation)?|commentaires?|la doc|documentaci[oó]n|package\.json|pyproject\.toml|error messages?|\S{1,60}\.(?:md|rst|lock|ya?ml))(?![\w-])"
)
"""Where no code is."""

OTHER_DEEDS: Mapping[str, str] = {
    "en": r"add(?:s|ed|ing)?|new|implement(?:s|ed|ing)?|introduc(?:e|es|ed|ing)|support(?:s|ed|ing)?|allow(?:s|ed|ing)?|enabl(?:e|es|ed|ing)|provid(?:e|es|ed|ing)"
    r"|creat(?:e|es|ed|ing)|expos(?:e|es|ed|ing)|exten(?:d|ds|ded|ding)|document(?:s|ed|ing)?|describ(?:e|es|ed|ing)|explain(?:s|ed)?|mention(?:s|ed)?|clarif(?:y|ies|ied)"
    r"|refactor(?:s|ed|ing)?|renam(?:e|es|ed|ing)|mov(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|drop(?:s|ped|ping)?|delet(?:e|es|ed|ing)|deprecat(?:e|es|ed|ing)|updat(?:e|es|ed|ing)"
    r"|upgrad(?:e|es|ed|ing)|bump(?:s|ed|ing)?|releas(?:e|es|ed|ing)|prepar(?:e|es|ed|ing)|version|pin(?:s|ned|ning)?|test(?:s|ed|ing)?|improv(?:e|es|ed|ing)|enhanc(?:e|es|ed|ing)"
    r"|simplif(?:y|ies|ied)|clean(?:s|ed|ing)?|switch(?:es|ed|ing)?|convert(?:s|ed|ing)?|translat(?:e|es|ed|ing)|rewrit(?:e|es|ten|ing)|reword|extract(?:s|ed)?|split(?:s)?|replac(?:e|es|ed|ing)"
    r"|appl(?:y|ies|ied)|port|build|generat(?:e|es|ed)|migrat(?:e|es|ed|ing)|better|more|moar|optimi[sz](?:e|es|ed|ing)|modif(?:y|ies|ied)|tweak(?:s|ed)?|list|record|display|export|exclude|disabl(?:e|es|ed|ing)|re-?export",
    "de": r"neu(?:e|er|es|en)?|füge|ergänz(?:e|t|ung)|entfern(?:e|t|en)|verschieb(?:e|t)|umbenannt|aktualisier(?:e|t|ung)|verbesser(?:e|t|ung|ungen)|Unterstützung|Support"
    r"|Möglichkeit|Hinweis|Tests?|Tool|Refactoring|Umstellung|Option|Konfigurationsoption|Einführung|Implementierung|Anzeige|Dokumentiert?",
    "fr": r"ajout(?:e|s|er|é|ée|és|ées|ons)?|maj|mise à jour|renomme(?:r|z)?|supprim(?:e|er|é)|améliore(?:r|s)?|améliorations?|déplace(?:r)?|nouve(?:au|lle)s?|création|crée|tests?|documente|nettoie|remplace|permet|met"
    r"|harmonise|refactorise|traduit|change|enlève|retire",
    "es": r"añad(?:e|ido|ida|idos|idas|ir|iendo|imos)|agreg(?:o|a|ado|ada|ados|adas|ar|ue|ando)|actualiz(?:o|a|ado|ada|ados|adas|ar|ando|amos)|elimin(?:a|o|ado|ada|ados|adas|ar)|mejor(?:a|as|o|ado|ada|ados|adas|ar)"
    r"|nuev[oa]s?|renombr(?:a|o|ado|ada|ar)|refactor(?:iza|izado|izar)?|cambi(?:o|a|ado|os)|mueve|movid[oa]|cread[oa]s?|permit(?:e|ir)|implement(?:a|ado|ada|o|ar)|documenta(?:do)?|traduc(?:e|ido|cion)|prueba",
    "zh": r"新增|添加|增加|支持|升级|更新|删除|移除|重构|发布|优化|完善|测试|去掉|引入|实现|提供|允许|改名|重命名|补充|调整|修改|add|update",
}
"""Beginnings of subjects of other work; what they mend must be said after "and" or "to"."""

DONE = r"(?:korrigiert|behoben|gefixt|gefixed|repariert|berichtigt)"
"""Participles that end a German clause: its beginning is then the object."""

OTHER_ACTS = (
    r"(?:raise|raises|throw|throws|return|returns|report|reports|show|shows|print|log|logs|emit|catch|treat|make|map|wrap|propagate|turn|set|skip|check|checks|verify|validate"
    r"|warn|die|exit|expect|ignore|handle|handles|handling|use|include|count|collect|detect|find|mark|store|send|track|hide|style|define|assert|inject|simulate|Zeige|Melde|affiche|lève|muestra|lanza)"
)
"""Beginnings after which "error" is what the program says, not what it does wrong."""
