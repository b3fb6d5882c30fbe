"""The rows of the page of figures: what was measured, and the words that its figures stand in.

A field such as ``{search/median_ms:time}`` is a path into the figures of ``results/<result>.json``; see ``benchmarks.figures_page``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row: both texts hold fields of the result that it names."""

    result: str
    what: str
    said: str


TOPICS: Mapping[str, tuple[Row, ...]] = {
    "Questions": (
        Row(
            "execution",
            "matching a question against {matching/triggers:,} triggers, 95 % of {questions:,} real questions",
            "{matching/ours/p95_ms:time}, a list of compiled `re` {matching/list_of_re/p95_ms:time}",
        ),
        Row(
            "execution",
            "10 kB made to hurt, the documents' two cubic regexes among 1,000 triggers",
            "{hostile/spaces/10000:time} of spaces, {hostile/words_of_the_triggers/10000:time} of the triggers' own words; `re` takes"
            " {hostile/re_cubic_0_at_500_spaces_ms:time} and {hostile/re_cubic_1_at_500_spaces_ms:time} for 500 spaces",
        ),
        Row(
            "execution",
            "deciding where a question goes, 95 %",
            "{routing/by_words/p95_ms:time} by triggers and words, {routing/by_meaning_with_its_vector/p95_ms:time} with a vector,"
            " which takes {routing/making_a_vector/p50_ms:time}",
        ),
        Row(
            "execution",
            "{requests:,} questions drawn by Zipf from {questions:,}, {patterns:,} patterns and {triggers} triggers, from cold",
            "{mixed_load/requests_per_second:,} a second in one process, {mixed_load/hit_rate} % of them kept;"
            " {http/requests_per_second:,} over HTTP; the documents' design {documents_design/requests_per_second:,}",
        ),
        Row(
            "execution",
            "an answer that is found anew, 95 %",
            "infrastructure {uncached/infrastructure/p95_ms:time}, memory {uncached/memory/p95_ms:time},"
            " hybrid {uncached/hybrid/p95_ms:time}",
        ),
        Row(
            "execution",
            "an answer that is kept, 95 %",
            "{local_hit/p95_ms:time} in the process, {redis/hit/p95_ms:time} in Redis",
        ),
        Row(
            "routing",
            "{questions} labelled questions that were kept apart: the type is right, and the route",
            "{balanced/type_accuracy:share} and {balanced/route_accuracy:share}; without a model {fast/type_accuracy:share} and"
            " {fast/route_accuracy:share}",
        ),
        Row(
            "tokens",
            "tokens of an answer against the first five patterns whole, at the same recall of {recall_of_ours:share}",
            "{saved_in_all:share} fewer, in every answer at least {saved_by_answer/least:share}",
        ),
        Row(
            "under_fire",
            "{clients} clients, {calls:,} questions over HTTP, while commits arrive and Redis is killed and started again",
            "{server_errors} server errors; over {states_named} states {contradictions_within_a_state} answers that contradict another"
            " of the same state, {different_from_it} of {held_against_a_fresh_process} other than a fresh process's;"
            " {memory/after_5000:.0f} MB after 5,000 questions more, {memory/after_20000:.0f} after 20,000",
        ),
    ),
    "Commands and hook": (
        Row(
            "cold",
            "`foundry search` as a process of its own, {patterns:,} patterns, index up to date",
            "{search/median_ms:time}, {search_is_faster_than_sentence_transformers_by} times as fast as the same through"
            " sentence-transformers ({sentence_transformers/median_ms:time})",
        ),
        Row("cold", "the same while `foundry watch` runs", "{search_through_a_watcher/median_ms:time}, the same answer"),
        Row("cold", "`foundry --help`", "{help/median_ms:time} (Python itself: {python/median_ms:time})"),
        Row(
            "commits",
            "what the hook adds to `git commit`",
            "{hook_adds_median_ms:time}, to the {without_hook/median_ms:time} without it",
        ),
        Row("commits", "from the end of `git commit` to a visible candidate", "{commit_to_visible_candidate/median_ms:time}"),
        Row(
            "commit_to_candidate",
            "from a commit to its candidate on the ref, in turns: the build before the code was sorted into rooms, and the one after",
            "{build_0/median_ms:time} and {build_1/median_ms:time}",
        ),
        Row(
            "builds",
            "the build before releases and this one in turns: `foundry --help`, a cold search, a commit with the hook",
            "{help/other_ms:time} and {help/this_ms:time}; {cold_search/other_ms:time} and {cold_search/this_ms:time};"
            " {commit_with_hook/other_ms:time} and {commit_with_hook/this_ms:time}",
        ),
    ),
    "In nobody's way": (
        Row(
            "bursts",
            "{commits} commits one straight after the other, median and 99th percentile: without a hook, with an empty one,"
            " with ours, with that of the build before",
            "{none/median_ms:time} and {none/p99_ms:time}; {empty_hook/median_ms:time} and {empty_hook/p99_ms:time};"
            " {hook/median_ms:time} and {hook/p99_ms:time}; {other_hook/median_ms:time} and {other_hook/p99_ms:time}",
        ),
        Row(
            "bursts",
            "a rebase of {rebased} commits, times as long as with an empty hook: ours, that of the build before",
            "{hook/rebase_to_empty_hook} ({hook/rebase_s} s), {other_hook/rebase_to_empty_hook} ({other_hook/rebase_s} s)",
        ),
        Row(
            "bursts",
            "workers alive at once in all of that, and how soon after none was: ours, the build before",
            "{hook/most_workers}, {hook/last_worker_gone_after_s} s;"
            " {other_hook/most_workers}, {other_hook/last_worker_gone_after_s} s",
        ),
        Row(
            "conditions",
            "commits under {conditions} conditions that succeeded in silence and changed nothing else",
            "{unnoticed:,} of {commits:,}, {added_median_ms:time} more than without a hook at the median",
        ),
    ),
    "Crashes and damage": (
        Row(
            "crashes",
            "operations killed at a call that writes or at any moment, or refused there by the disk, that were neither old nor new",
            "{wrong} of {points:,}",
        ),
        Row("damage", "damaged files that gave another answer, a traceback or an unsaid loss", "{wrong} of {damages:,}"),
        Row(
            "damage",
            "events lost by {at_once/writers} processes that record at once, and acknowledged ones by {killed/kills:,} kills",
            "{at_once/lost} of {at_once/events:,}; {killed/lost} of {killed/acknowledged:,}",
        ),
        Row(
            "million",
            "the first sync with a remote that holds {events:,} events, and its memory; one with 1,000 new ones",
            "{first_sync/seconds} s, {first_sync/peak_mb} MB; {getting_1000/seconds} s",
        ),
    ),
    "Endurance": (
        Row(
            "soak",
            "{events:,} events through hook, watcher and server at once: memory that the watcher and its server gain in each thousand,"
            " processes left",
            "{slope_mb_per_1000} MB, {processes_left}",
        ),
    ),
    "Strangers": (
        Row(
            "outputs",
            "command lines over a repository made up to hide and to steer, whose output holds a hidden character raw or a line that a"
            " stranger began, and tracebacks; the build before",
            "{raw} and {tracebacks} of {command_lines}; {other/raw} and {other/tracebacks}",
        ),
        Row(
            "fuzz",
            "files of strangers and of bad disks, fuzzed: errors that nobody caught, damage read as something else, steps outside",
            "{uncaught}, {wrong} and {outside} in {trials:,}; at most {slowest_s} s and {memory_mb} MB",
        ),
        Row("long_transcript", "reading a transcript of {mb} MB", "{cpu_s} s of processor time, {memory_mb} MB of memory"),
    ),
    "Search": (
        Row(
            "warm-small",
            "a search in a warm process, {patterns:,} patterns, query encoded each time",
            "{search_with_query_encoding/median_ms:time}",
        ),
        Row(
            "warm",
            "by word and meaning over 100,000 units of code, query encoded each time",
            "{hybrid_with_query_encoding_at_100000/median_ms:time}",
        ),
        Row(
            "warm",
            "proving that a library of 1,000 or 10,000 patterns is unchanged",
            "{converge_unchanged/median_ms:time} or {converge_unchanged_at_10000/warm/median_ms:time}",
        ),
        Row(
            "scale",
            "the nearest by meaning among 1,000,000 vectors; recall of the ten and the hundred nearest",
            "{at_1000000/dense/median_ms:time}; {at_1000000/recall/at_10:.4f} and {at_1000000/recall/at_100:.4f}",
        ),
        Row(
            "peers",
            "the nearest by meaning among {rows:,} vectors, exactly, beside peers in one run",
            "foundry-git {dense/foundry/median_ms:time}, faiss {dense/faiss_flat/median_ms:time},"
            " sqlite-vec {dense/sqlite_vec/median_ms:time}",
        ),
        Row(
            "peers",
            "the same, approximately: time, recall of the ten nearest, and building the index",
            "hnswlib {dense/hnswlib/median_ms:time}, {dense/hnswlib/recall_at_10:.3f}, {dense/hnswlib/build_s:.0f} s; usearch"
            " {dense/usearch/median_ms:time}, {dense/usearch/recall_at_10:.3f}, {dense/usearch/build_s:.0f} s; foundry-git builds in"
            " {dense/foundry/build_s:.1f} s",
        ),
        Row(
            "build",
            "the index of {texts} long texts in {windows} windows, from nothing; the same windows through sentence-transformers;"
            " the texts cut at one window",
            "{foundry/median_ms:time}; {sentence_transformers_windows/median_ms:time}; {sentence_transformers_cut/median_ms:time}",
        ),
        Row(
            "retrieval",
            "right answers among the first ten, {dev/foundry/macro/queries:,} labelled queries of four sets (macro NDCG@10)",
            "{dev/foundry/macro/ndcg@10:.3f} set by set, by word alone {dev/lexical/macro/ndcg@10:.3f}; in one corpus of all sets"
            " {dev/foundry/mixed/macro/ndcg@10:.3f}, by word alone {dev/lexical/mixed/macro/ndcg@10:.3f}",
        ),
        Row(
            "retrieval",
            "the right file first, {repo-dev/foundry/macro/queries} questions about seven repositories (NDCG@10)",
            "{repo-dev/foundry/macro/ndcg@10:.3f}, by word alone {repo-dev/lexical/macro/ndcg@10:.3f}",
        ),
        Row(
            "retrieval",
            "the same two where nothing is encoded yet but, for each question, what is likeliest by word and name",
            "{dev/nothing encoded/macro/ndcg@10:.3f}; {repo-dev/nothing encoded/macro/ndcg@10:.3f}",
        ),
        Row(
            "meaning",
            "the first answer after `foundry init` in a fresh clone of {repository}, nothing being cached; by f6504e0",
            "{this/first_answer_s:.1f} s, {this/first_answer_mb:.0f} MB; {other/first_answer_s:.1f} s, {other/first_answer_mb:.0f} MB",
        ),
        Row(
            "meaning",
            "all of its {this/texts:,.0f} texts encoded; by f6504e0, {other/texts:,.0f}",
            "{this/encoding_s:.1f} s, {this/texts_a_second:.0f} texts/s; {other/encoding_s:.1f} s, {other/texts_a_second:.0f} texts/s",
        ),
        Row(
            "calibration",
            "off-topic questions on which a search stays silent; right first hits that this costs",
            "{hybrid/silent off topic:share1}; {hybrid/right first hits lost:share1}",
        ),
    ),
    "Extraction": (
        Row(
            "runnable",
            "candidates of 13 repositories in five languages that compile alone, of all and of the first 50 of each; commit"
            " f6504e0, which brought nothing along; candidates, and those of which the toolchains can tell nothing",
            "{this/of_all:share1}, {this/of_first_pages:share1}; {other/of_all:share1}, {other/of_first_pages:share1};"
            " {this/candidates:,} and {other/candidates:,}, {this/apart} and {other/apart}",
        ),
        Row(
            "kept",
            "the first 20 candidates of eight repositories that nothing was fitted to, those of them that are worth 60 and more,"
            " and the first 20 of f6504e0, mixed and read blind: what the readers would keep; every verdict stands in"
            " `benchmarks/results/kept.json`",
            "{this/kept} of {this/shown} ({this/share:share}); {page/kept} of {page/shown} ({page/share:share}); {other/kept} of"
            " {other/shown} ({other/share:share})",
        ),
        Row(
            "weekly",
            "what commits of a year brought into the inbox of nine repositories unasked, read blind among all candidates of those"
            " commits: what the readers would keep of either",
            "{inbox/kept} of {inbox/shown} ({inbox/share:share}); {all/kept} of {all/shown} ({all/share:share})",
        ),
        Row(
            "used_by",
            "of {claimed} files that were said to use a unit, read one by one in eight repositories of five languages: those that do;"
            " the list is `benchmarks/extraction/used_by.json`",
            "{real} ({precision:share1})",
        ),
        Row("throughput", "extraction from {files:,} real Python files, without encoding", "{files_per_second:.0f} files/s"),
        Row(
            "mining",
            "3,000 commits of history with every measure: scrapy, tokio, webpack",
            "{repositories/scrapy/commits_per_second:.0f}, {repositories/tokio/commits_per_second:.0f} and"
            " {repositories/webpack/commits_per_second:.0f} commits/s; {repositories/scrapy/times_git_log_p:.0f},"
            " {repositories/tokio/times_git_log_p:.0f} and {repositories/webpack/times_git_log_p:.0f} times as long as `git log -p` of"
            " the same files; {repositories/scrapy/megabytes}, {repositories/tokio/megabytes} and {repositories/webpack/megabytes} MB",
        ),
        Row(
            "mining",
            "everything at `HEAD` of webpack, {repositories/webpack/source_files:,} source files, history known",
            "{repositories/webpack/head_seconds:.0f} s",
        ),
        Row(
            "worth",
            "of the first 20 and 50 candidates, used more or elsewhere a year later and never fixed, on {report/repositories}"
            " repositories held out",
            "{report/at_20/precision:share} and {report/at_50/precision:share}, {report/at_20/lift_over_rule:.1f} and"
            " {report/at_50/lift_over_rule:.1f} times as many as “complexity above 3, five lines” of all units,"
            " {report/at_20/lift_over_rule_alone:.1f} and {report/at_50/lift_over_rule_alone:.1f} of those that stand alone",
        ),
        Row(
            "noise",
            "new inbox entries in a week, a year of clap, aiohttp and Vue's core replayed (median)",
            "{repositories/clap/median_per_week:g}, {repositories/aiohttp/median_per_week:g} and {repositories/core/median_per_week:g}",
        ),
        Row(
            "twins",
            "twins that nobody copied, found by `foundry similar` among all functions of a repository, {report/all twins/asked} times"
            " asked on the half of 115 repositories that nothing was fitted to; without weights; by the rule of f6504e0 (every pair"
            " stands in `benchmarks/twins.json`)",
            "{report/all twins/shown:share}; {report/all twins/shown_without_weights:share}; {report/all twins/shown_before:share}",
        ),
        Row(
            "twins",
            "of these the functions that were written from one sentence; copies that were renamed, reformatted and edited",
            "{report/written from a sentence/shown:share}, {report/written from a sentence/shown_without_weights:share} and"
            " {report/written from a sentence/shown_before:share}; {report/copy/shown:share},"
            " {report/copy/shown_without_weights:share} and {report/copy/shown_before:share}",
        ),
        Row(
            "twins",
            "false alarms: of {report/unrelated/asked} functions asked about in a repository that has no twin of them, those for which"
            " something was shown; without weights; by the rule of f6504e0",
            "{report/unrelated/shown:share1}; {report/unrelated/shown_without_weights:share1}; {report/unrelated/shown_before:share1}",
        ),
        Row(
            "duplicates",
            "near-duplicates told from others: {shipped/positives} rewritings and {shipped/negatives} hard negatives, held out (F1)",
            "{shipped/f1:.3f} ({shipped/f1_interval/0:.3f} to {shipped/f1_interval/1:.3f})",
        ),
    ),
    "Evidence": (
        Row(
            "convergence",
            "{schedules:,} schedules of two to eight replicas (clones, squashes, rebases, lost and copied ones) in which one lacks or"
            " repeats an event, or a merge conflicts",
            "{failed}; counters in YAML fail in {naive/counters_in_yaml/failed}, a JSONL file under `merge=union` whose lines are"
            " counted in {naive/jsonl_with_union/failed}",
        ),
        Row(
            "sharing",
            "{events:,} events: how much Git's folder grows, as pushed and after gc",
            "{hub_grew_mb/as_pushed:.1f} MB and {hub_grew_mb/after_gc:.1f} MB",
        ),
        Row(
            "sharing",
            "a first sync of them; a sync of 1,000 new ones",
            "{clone/median_ms:time}; {sync_of_1000_new_ones/publishing/median_ms:time}",
        ),
        Row("evidence-fold", "{events:,} events folded into scores", "{fold/median_ms:time}"),
        Row(
            "evidence-peeking",
            "false “validated” at a true rate of 0.6, looked at after each of {looks} uses, {simulations:,} times",
            "{false_claims/validated at 0.60/e-process:share1}; a bound for one look"
            " {false_claims/validated at 0.60/bound for one look:share}, the predecessors' rule"
            " {false_claims/validated at 0.60/legacy rule:share}",
        ),
        Row(
            "evidence-peeking",
            "uses until “validated” at a true rate of 0.75, 0.8 and 0.9 (median)",
            "{uses_to_validate/0.75/median_uses:.0f}, {uses_to_validate/0.8/median_uses:.0f} and"
            " {uses_to_validate/0.9/median_uses:.0f}",
        ),
        Row(
            "evidence-calibration",
            "{mass:share} intervals that hold the true rate, after 3 to 40 uses",
            "{covered_by_uses/least:share1} to {covered_by_uses/most:share1}",
        ),
        Row(
            "evidence-regret",
            "regret of what is injected, against the predecessors' policy, from 200 tasks on and after {tasks:,}",
            "at most {largest_ratio_to_predecessors_from_200:.2f} times, and {ratio_at_the_end:.2f} times",
        ),
        Row(
            "evidence-lift",
            "a true lift of {true_lift:.2f}, estimated by lot and by the rate among users",
            "{by_lot/mean:.3f} and {naive/mean:+.3f}",
        ),
        Row(
            "adoption",
            "adoption told from {recall/of} insertions (renamed, reordered, in part, imported …) and {unrelated_hunks:,} unrelated"
            " hunks",
            "precision {precision/rate:.3f}, recall {recall/rate:.3f}",
        ),
        Row(
            "reverts",
            "reverts and fixes in {commits} commits of five histories, labelled by reading: precision, recall",
            "reverts {reverts/precision/rate:.2f}, {reverts/recall/rate:.2f} (of those that say so"
            " {reverts_that_say_so/precision/rate:.2f}, {reverts_that_say_so/recall/rate:.2f}); fixes {fixes/precision/rate:.2f},"
            " {fixes/recall/rate:.2f}; who brought the defect {introducers/precision/rate:.2f}, {introducers/recall/rate:.2f}",
        ),
        Row(
            "subjects",
            "subjects that tell of a fix, among {subjects} of {repositories} histories in five languages, labelled by reading:"
            " precision, recall on the half kept apart",
            "{held-out/rule/precision/rate:.2f}, {held-out/rule/recall/rate:.2f}; by the rule of version 0.2.0"
            " {held-out/before/precision/rate:.2f}, {held-out/before/recall/rate:.2f}",
        ),
    ),
    "Secrets": (
        Row(
            "secrets",
            "secrets found: {tokens} made-up tokens of {kinds} kinds, each in six places (the place with the fewest)",
            "{recall/least:share}",
        ),
        Row("secrets", "clean files stopped", "{stopped_files} of {clean_files:,}"),
        Row(
            "secrets_nowhere",
            "units that held one of {tokens} tokens, in code, names or forms, and were not stored",
            "{recall:share}; in {bytes:,} bytes written, no token",
        ),
    ),
}

COMMANDS: Mapping[str, str] = {
    "bursts": "python -m benchmarks.reliability.bursts OTHER",
    "secrets_nowhere": "python -m benchmarks.reliability.secrets_nowhere",
    "conditions": "python -m benchmarks.reliability.conditions",
    "adoption": "python -m benchmarks.evidence.adoption --hosts NAME=PATH … --patterns NAME=PATH …",
    "build": "python -m benchmarks.build",
    "builds": "python -m benchmarks.builds OTHER",
    "calibration": "python -m benchmarks.calibration DIR",
    "cold": "python -m benchmarks.cold",
    "crashes": "python -m benchmarks.reliability.crashes",
    "runnable": "python -m benchmarks.extraction.runnable OTHER PACKAGES NODE_MODULES REPOSITORY …",
    "kept": "python -m benchmarks.extraction.kept tally FOLDER kept",
    "weekly": "python -m benchmarks.extraction.kept tally FOLDER weekly",
    "used_by": "python -m benchmarks.extraction.used_by REPOSITORY …",
    "meaning": "python -m benchmarks.meaning OTHER REPOSITORY",
    "damage": "python -m benchmarks.reliability.damage",
    "million": "python -m benchmarks.reliability.million",
    "commit_to_candidate": "python -m benchmarks.commit_to_candidate PYTHON …",
    "commits": "python -m benchmarks.commits",
    "convergence": "python -m benchmarks.evidence.convergence",
    "duplicates": "python -m benchmarks.duplicates",
    "twins": "python -m benchmarks.twins FOLDER",
    "evidence-calibration": "python -m benchmarks.evidence.calibration",
    "evidence-fold": "python -m benchmarks.evidence.fold",
    "evidence-lift": "python -m benchmarks.evidence.lift",
    "evidence-peeking": "python -m benchmarks.evidence.peeking",
    "evidence-regret": "python -m benchmarks.evidence.regret",
    "execution": "python -m benchmarks.execution.service",
    "routing": "python -m benchmarks.execution.routing_accuracy --kept",
    "tokens": "python -m benchmarks.execution.tokens",
    "under_fire": "python -m benchmarks.execution.under_fire",
    "fuzz": "python -m benchmarks.reliability.fuzz",
    "long_transcript": "python -m benchmarks.reliability.long_transcript",
    "mining": "python -m benchmarks.mining REPO …",
    "noise": "python -m benchmarks.extraction.noise REPO …",
    "outputs": "python -m benchmarks.reliability.outputs OTHER",
    "peers": "python -m benchmarks.peers --python PATH",
    "retrieval": "python -m benchmarks.retrieval DIR …",
    "reverts": "python -m benchmarks.evidence.reverts FOLDER",
    "scale": "python -m benchmarks.scale",
    "secrets": "python -m benchmarks.secrets FOLDER …",
    "soak": "python -m benchmarks.reliability.soak",
    "sharing": "python -m benchmarks.evidence.sharing",
    "subjects": "python -m benchmarks.evidence.subjects",
    "throughput": "python -m benchmarks.throughput",
    "warm": "python -m benchmarks.warm",
    "warm-small": "python -m benchmarks.warm --small",
    "worth": "python -m benchmarks.extraction REPO …",
}
"""Result → the command that writes it; words in capitals are the reader's."""
