"""The commands by name, grouped as help shows them, each with one line of what it does; the parser has its help from here too.

Nothing is imported, so that ``foundry --help`` takes no longer than Python itself.
"""

EVERYDAY = {
    "start": {
        "init": "make a library here, and let every commit be looked at",
        "extract": "look for reusable code now: in a commit, a range, all of HEAD, a folder",
    },
    "find": {
        "search": "find code by what it does, accepted or not",
        "similar": "tell whether code is there already, under whatever names",
        "inject": "put the patterns that fit a task into a prompt",
    },
    "review": {
        "candidates": "list the code that is worth keeping, what is new first",
        "show": "print a pattern or candidate: its code, origin and evidence",
        "accept": "write candidates into the library, for you to commit",
        "reject": "refuse candidates; code of the same shape is not offered again",
    },
    "learn": {
        "outcome": "say whether a pattern worked, or what came of a prompt",
        "stats": "show how well patterns work, and the events behind that",
    },
    "keep house": {
        "doctor": "find out what is wrong or missing here, and what mends it",
    },
}
"""What a week needs, by what one wants: at most twelve commands."""

MORE = {
    "propose": "put candidates on a branch, and print a pull request's text",
    "ask": "answer a question about the library, in your own words",
    "serve": "answer questions over HTTP, until Ctrl-C",
    "watch": "take in commits as they come and answer searches at once, until Ctrl-C",
    "encode": "encode what has no vector yet, with a bar and the time left",
    "rebuild": "build everything derived anew from the files and the journal",
    "uninstall": "take out everything that init put in; committed patterns stay",
    "help": "print this, all commands with --all, or the help of a COMMAND",
}

GROUPS = {
    "evidence": {
        "run": "run your tests as they are, and record what they say of patterns",
        "collect": "take outcomes from test reports, the build and the history",
        "decide": "put a pattern into a state, whatever its evidence says",
        "withdraw": "take back an event, so that it counts no more",
        "sync": "exchange evidence with a remote, through Git",
    },
    "library": {
        "check": "report every problem of every file; exit 1 if there is one",
        "migrate": "write unpublished manifests as this version writes them",
    },
    "agent": {
        "analyze": "measure coding sessions from their logs, and write a report",
    },
}
"""Commands of two words."""

GROUP_HELP = {
    "evidence": "how patterns turned out",
    "library": "the library as a whole",
    "agent": "the agents that write code here",
}

VERBS = {name: said for group in (*EVERYDAY.values(), MORE) for name, said in group.items()}
"""Every command of one word."""
