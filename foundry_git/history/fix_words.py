"""Words of fixes: that something is mended, what names a defect, and what no longer goes wrong.

``fix_subjects`` says how they are put together, ``other_work_words`` holds those of other work.

Each table names a language and its words with their inflections, as parts of regular expressions. They stand apart by
spaces; a space
within one is written ``_`` (and a ``_``, ``\\x5f``), and after a ``|`` a line may be broken. Repetitions within repetitions
are bounded, so that a hostile subject takes no longer than a friendly one.
"""

from __future__ import annotations

from collections.abc import Mapping

MENDS: Mapping[str, str] = {
    "en": r"""
        fix(?:es|ed|ing)? (?:bug|hot)-?fix(?:es|ed|ing)? correct(?:s|ed|ing|ions?)? repair(?:s|ed|ing)?
        work(?:s|ed|ing)?[-_]?arounds? unbreak
        add(?:s|ed|ing)?_missing_(?:(?:null|nil|none|bounds)_checks?|await|return|break|imports?) rectif(?:y|ies|ied)
        mend(?:s|ed)?
    """,
    "de": r"""
        (?:ge)?fixt gefixed fixen beheb(?:t|en|e|ung) behob(?:en|ene|enen) korrigier(?:t|e|en|te|ten) Korrektur(?:en)?
        reparier(?:t|e|en|te) Reparatur(?:en)? berichtig(?:t|e|en|te|ung) ausgebessert
        (?:Fehler|Bug)[-_]?(?:behebung|korrektur|beseitigung)(?:en)? Fehlerbereinigung
    """,
    "fr": r"""
        corrig(?:e|es|er|é|ée|és|ées|eons|eant) correctifs? répar(?:e|er|é|ée|és|ées|ation|ations) repare
        rétabli(?:t|r|e|s)? retabli(?:t|r) débogu(?:e|er|age) debug(?:ue|age) fixer fixe
    """,
    "es": r"""
        corrig(?:e|ió|iendo|o|en|ieron) corregi corregí correg(?:ir|ido|ida|idos|idas) correcci[oó]n(?:es)? correcciones
        arregl(?:a|o|ó|ar|ado|ada|ados|adas|ando|os|é|an|amos|aron) solucion(?:a|o|ó|ar|ado|ada|ados|adas|ando|é|an|aron)
        soluci[oó]n reparad[oa]s? reparo repara subsan(?:a|ar|ado|ada|ados|adas)
    """,
    "zh": r"修[复復] 修正 修补 [解觧][决決] 纠正 糾正 更正 改正 修好",
}
"""Words that say that something is mended; the object tells whether it is what the code does."""

DONE = r"korrigiert behoben gefixt gefixed repariert berichtigt"
"""Participles that end a German clause: its beginning is then the object."""

SOLVES: Mapping[str, str] = {
    "en": r"""
        resolv(?:e|es|ed|ing) solv(?:e|es|ed|ing) address(?:es|ed|ing)? patch(?:es|ed)? handl(?:e|es|ed|ing)
        eliminat(?:e|es|ed|ing) squash(?:es|ed)? tackle[sd]?
    """,
    "de": r"gelöst löst löse beseitig(?:t|e|en) abgefangen behandelt ausgeräumt",
    "fr": r"résou(?:t|d|ds|dre) résolu(?:e|s|es|tion)? resolu(?:tion|e)? règle supprime élimine traite",
    "es": r"resuel(?:ve|to|ta|tos|tas) resolv(?:er|iendo|ió) resolución elimina(?:do|da)? trata(?:do)?",
    "zh": r"修改 处理 處理 调整 調整 优化 改进 消除 去除 完善 避免 防止 规避 兼容",
}
"""Words that mend only what names a defect, or an issue: "resolve relative paths" is other work."""

DEFECTS: Mapping[str, str] = {
    "en": r"""
        bugs? regress(?:ions?|ed) crash(?:es|ed|ing)? dead-?locks? leak(?:s|ed|ing)? (?:race_condition|data_race)s?
        vulnerabilit(?:y|ies) CVE-\d+ segfault(?:s|ed|ing)? infinite_(?:loops?|recursion) use[-_]after[-_]free
        null[-_]?pointers? NPEs? (?:buffer|stack|integer|heap)_overflows? off[-_]by[-_]one broke syntax_errors?
        misbehav(?:es|ed|ing|iou?r) not_work(?:ing)? doesn't_work don't_work XSS memory_corruption data_loss
    """,
    "de": r"""
        Bugs? Abst(?:urz|ürze|ürzen) Fehlern? Speicherlecks? Endlosschleifen?
        (?:funktioniert|funktionierte|ging|geht|klappt|klappte|konnten?|wurden?)_(?:\w+_)?nicht
    """,
    "fr": r"""
        bugs? bogues? plantages? plante régressions? boucles?_infinies? fuites?_(?:de_)?mémoire
        ne_(?:\w+_)?(?:fonctionne|marche)_(?:pas|plus)
    """,
    "es": r"""
        bugs? fallos? fallas? no_(?:funciona|funcionaba|guardaba|mostraba|calculaba) bucles?_infinitos? fugas?_de_memoria
        cuelgues?
    """,
    "zh": r"""
        (?<![A-Za-z])bug(?![A-Za-z]) 缺陷 报错 崩溃 死锁 死循环 内存泄[漏露] 漏洞 失效 不生效 无效 乱码 闪退 空指针 问题
        (?:错误|异常|丢失)(?=\W*(?:$|[,，。;；.]))
        不起作用
    """,
}
"""What names a defect, unless the subject begins with other work."""

FAULTY: Mapping[str, str] = {
    "en": r"broken incorrect(?:ly)? wrong(?:ly)?",
    "de": r"falsch(?:e|er|es|en|em)? fehlerhaft(?:e|er|es|en|em)? defekt(?:e|er|es|en)? kaputt(?:e|er|es)?",
    "fr": r"incorrect(?:e|s|es)? cassée?s? mauvaise?s? erronée?s?",
    "es": r"incorrect[oa]s? erróne[oa]s? erronea rot[oa]s?",
    "zh": r"错误 异常 失败 丢失 有误 不正确 错乱",
}
"""What calls something defective: what it is tells the rest ("broken docs")."""

SYMPTOMS: Mapping[str, str] = {
    "en": r"""
        errors? exceptions? failures? fails? failing failed issues? problems? panics? hangs? freezes? warnings?
        glitch(?:es)? \w+(?:Error|Exception)`?
    """,
    "de": r"Probleme? Fehler Exceptions? \w+(?:Exception|Error) Meldung",
    "fr": r"erreurs? problèmes? exceptions? soucis? anomalies? défauts? incohérences?",
    "es": r"error(?:es)? problem(?:a|as|ín|illa|ita) excepci(?:ón|ones) inconvenientes?",
    "zh": r"失败",
}
"""What names a defect if a circumstance follows, or if it is what is solved."""

CIRCUMSTANCE = r"when if on in with while during after for wenn bei beim im mit quand lors avec si dans cuando al con en"

AVOIDS: Mapping[str, str] = {
    "en": r"""
        (?:do_not|don't|dont|never|no_longer|doesn't|does_not|not)_(?:\w+_)?(?:crash|fail|panic|raise|throw|remove|lose|
          drop|ignore|break|hang|leak|overwrite|segfault|die|choke|barf|swallow|discard|delete|mangle|truncate|corrupt|
          strip|forget|freeze|loop|duplicate|clobber|blow|explode|assert|crashes|double|show_an_error|report|return|emit|
          escape|unescape|call|close|assume|treat|try|attempt|mark|touch|reset|leave)s?
        (?:avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?)_(?:\S+_){0,4}?(?:crash(?:es|ing)?|errors?|\w*exceptions?|\w+Error`?|
          leak(?:s|ing)?|overflows?|deadlocks?|races?|race_conditions?|division_by_zero|warnings?|double|duplicates?|
          infinite|null|undefined|nil|panics?|hangs?|hanging|segfaults?|failures?|XSS|injections?|corruption|loss|
          out[-_]of[-_]bounds|losing|recursion|truncation|breaking|conflicts?|npe|stale|wrong|unintended|unexpected|
          accidental(?:ly)?)
        handl(?:e|es|ed|ing)_(?:the_)?(?:case|cases|empty|missing|null|none|nil|nan|overflow|malformed|undefined|zero|
          division_by_zero|`None`|`null`)
        (?:do_not|don't|never|stop)_(?:\S+_){0,6}?twice guard(?:s|ed)?_against
        handl(?:e|es|ed|ing)_(?:\S+_){0,3}?(?:edge|corner)[-_]?cases? forg(?:ot|otten) ^\W*prevents?
    """,
    "de": r"""
        (?:stürzt|bricht|hängt|stürzte)_(?:\w+_){0,3}nicht_mehr nicht_mehr_(?:ab|abstürzen|verloren|doppelt) verhinder[tn]?
        vermeide[tn]? vergessen(?:e|er|es|en)?
    """,
    "fr": r"""
        (?:évite|éviter|empêche|empêcher)_(?:\S+_){0,4}?(?:plantages?|erreurs?|crash|bugs?|exceptions?|doublons?|perte|
          fuites?|division)
        ne_(?:plante|casse|crashe)_plus plus_(?:\S+_){0,3}?deux_fois
    """,
    "es": r"""
        (?:evit(?:a|ar|ado|amos|ando)|imped(?:ir|ido)|impide)_(?:\S+_){0,5}?(?:error(?:es)?|fallos?|bugs?|excepci(?:ón|
          ones)|duplicad[oa]s?|duplicar|cuelgues?|bucles?|pérdidas?)
        evita_que ya_no_(?:\S+_){0,3}?dos_veces
        ya_no_(?:\w+_)?(?:falla|guarda|muestra|se_cuelga|duplica|da_error|pierde|borra)
    """,
    "zh": r"(?:防止|避免|规避)\S{0,20}(?:错误|异常|重复|丢失|崩溃|溢出|报错|死锁|泄[漏露]|失败|空指针|冲突|注入)",
}
"""Phrases of what no longer goes wrong."""

RIGHTLY: Mapping[str, str] = {
    "en": r"correctly properly gracefully as_expected proper",
    "de": r"""
        (?:nun_|jetzt_|wieder_)(?:korrekt|richtig|korrekte[nrs]?|richtige[nrs]?) (?:korrekt|richtig)(?:_\w+)?$
        wieder(?:_\w+)?_(?:funktioniert|möglich|angezeigt|sichtbar) funktioniert_wieder
    """,
    "fr": r"correctement(?=\W*$) à_nouveau de_nouveau",
    "es": r"(?:correcta|adecuada)mente(?=\W*$) nombres?_(?:\w+_)?(?:\w+_)?correct[oa]s?",
    "zh": r"正确(?!性)",
}
"""That something is done as it should be, and so was not."""

COMPOUNDS: Mapping[str, str] = {
    "en": r"""
        fixed-[a-z]+
        (?<=\w_)fixed_(?:sized?|length|point|positions?|positioned|positioning|fonts?|headers?|footer|columns?|rows?|layout|
          prices?|rates?|amounts?|costs?|number|seeds?|set|interval|window|step|time|dates?|order|ratio|values?|arrays?|
          precision|capacity|offsets?|term|income|effects?|toolbar|navbar|sidebar|menu|background|topbar|version|schedule|
          timestep|buckets?|buffers?|strings?|pool|list|table|grid|blocks?|format|type|delay|timeout|depth|height|width)
        (?:make|makes|keep|keeps|stay|stays|remain|remains)_(?:\S+_){0,4}?fixed
        fixed_(?:width|length|size|point|sized|prices?|rates?|costs?|interest)(?!_(?:of|in|for|when|on|if|at|bugs?|issues?|problems?|errors?|
          calculation|computation|handling))
        bugs?[-_](?:report|reports|reporter|reporting|tracker|tracking|templates?|bounty|form|forms|label|labels|hunt|
          triage|database|list|link|url)
        (?:crash|crashes|error|errors|exception|exceptions|fault|leak|race|deadlock|problem|failure|failures|panic|
          segfault)[-_]?(?:report|reports|reported|reporter|reporters|reporting|handler|handlers|handling|log|logs|logger|
          logging|dump|dumps|message|messages|page|pages|code|codes|types?|boundary|boundaries|class|classes|tracker|
          tracking|detector|detection|check|checks|checker|form|templates?|output|text|string|strings|response|responses|
          count|counter|recovery|screen|dialog|notification|notifications|states?|status|budget|level|levels|rate|rates|
          test|tests|tester|testing|variant|variants|enum|object|objects|description|callback|hook|view|views|wrapper|prone|
          free|safe|tolerant|simulator|injection|analytics|sanitizer|tolerance|details?|info|hints?|docs|context|chain|
          chains|bars?)
        broken[-_](?:links?|images?|urls?)[-_](?:check|checks|checker|checking|detector|detection|finder|report|reports|
          scanner|test|tests)
        regression[-_](?:test|tests|suite|testing|model|models|analysis|check|checks)
        (?:linear|logistic|ridge|lasso)_regression (?:auto|code)[-_]?fix(?:es|er|ers|ing|able)?
        quick[-_]?fix(?:es)?(?!_(?:for|to|of)) fix_suggestions? bug-?fix_releases?
        review_fixes crash_courses? fix[-_]?its?
        correction_factors?
        (?:gamma|colou?r|lens|auto|spell(?:ing)?|perspective|bias|drift|grammar)[-_]?correct(?:ion|ions|ed|or)? correctness
        (?:wrong|incorrect|broken)[-_](?:answers?|passwords?|pin|credentials|guesses)
        (?:in_case_of|on|upon)(?:_(?:an?|any))?_(?:errors?|failures?|problems?|exceptions?)
    """,
    "de": r"""
        Fehler(?:meldung|meldungen|behandlung|protokoll|protokolle|codes?|text|texte|seite|seiten|bericht|berichte|
          berichten|log|klasse|klassen|ausgabe|suche|formular|liste)
        Absturz(?:bericht|berichte|melder|protokoll) Korrektur(?:modus|buchung|buchungen|faktor|rechnung|rechnungen)
    """,
    "fr": r"""
        (?:messages?|pages?|codes?|rapports?|gestion|journal|types?)_d(?:es_|e_|'|’)(?:erreurs?|exceptions?|bugs?|
          plantages?)
        correct(?:ion|eur)_(?:orthographique|automatique) formulaire_de_(?:bug|correction) taux_fixes? prix_fixes?
        largeur_fixe taille_fixe
    """,
    "es": r"""
        (?:mensajes?|páginas?|códigos?|informes?|manejo|gestión|registros?|reportes?|tipos?)_de_(?:errores|error|fallos|
          excepciones|bugs)
        corrector_ortográfico facturas?_rectificativas? (?:ancho|tamaño|precio|importe)_fijo
    """,
    "zh": r"""
        错误(?:信息|码|代码|提示|日志|处理|页面|页|类型|消息|报告|上报|重试|统计)
        异常(?:处理|类|信息|捕获|日志|页面|拦截|上报|监控|提示) 自定义异常 全局异常 业务异常 自动修复 修复工具
        (?:bug|问题|崩溃)(?:反馈|报告|模板|收集|上报|日志) 常见问题
    """,
}
"""Names of things that hold a word of defects or fixes and are neither; they are looked through."""
