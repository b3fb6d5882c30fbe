"""What ships with the encoder, the tuning of documents and the adapter of questions: what both learnt from, and how.

``mining`` takes pieces of code from the repositories of ``sources.json``, each at its commit, with questions that their documentation
is reworded to. The published network, which is the teacher, encodes each piece whole, in windows of 256 tokens, and the questions.
``tuning`` trains the student, the same network changed by matrices of low rank, to give a piece the vector that the teacher gave it
from its words alone, each once, and to have it lie nearer to its own questions. ``adapter`` then learns to turn questions towards code
as the student encodes it. One tenth of the repositories is held out, and only says how far that came.

The tuning that ships was trained by a draft of this script, on pieces of the same commits drawn from other seeds. The adapter
that ships is an older one, fitted to 20,471 pairs of 44 repositories before there was a tuning: over 6,071 functions of five
languages and 1,374 queries it gives macro NDCG@10 0.610, one fitted anew 0.604, and none 0.594.
"""
