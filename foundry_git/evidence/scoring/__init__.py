"""Scoring: what the evidence says of each digest at a moment, as pure functions of facts."""

from foundry_git.evidence.scoring.coverage import Coverage as Coverage
from foundry_git.evidence.scoring.score_fold import covered as covered
from foundry_git.evidence.scoring.score_fold import fold as fold
from foundry_git.evidence.scoring.score_fold import score as score
from foundry_git.evidence.scoring.score_fold import standings as standings
from foundry_git.evidence.scoring.score_fold import trend as trend
from foundry_git.evidence.scoring.scores import UNTESTED as UNTESTED
from foundry_git.evidence.scoring.scores import ContextScore as ContextScore
from foundry_git.evidence.scoring.scores import Score as Score
from foundry_git.evidence.scoring.scores import sentence as sentence
from foundry_git.evidence.scoring.states import MIN_USES as MIN_USES
from foundry_git.evidence.scoring.states import UNDECIDED_USES as UNDECIDED_USES
from foundry_git.evidence.scoring.states import State as State
from foundry_git.evidence.scoring.states import Transition as Transition
from foundry_git.evidence.scoring.states import VersionState as VersionState
from foundry_git.evidence.scoring.verdicts import STRENGTHS as STRENGTHS
from foundry_git.settings import HALF_LIFE_DAYS as HALF_LIFE_DAYS
