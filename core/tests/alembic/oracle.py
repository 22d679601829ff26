"""Answers questions about revision graphs with the real Alembic.

Reads one JSON document a line, {"revisions": [...], "questions": [...]}, and writes one a line: {"error": ...} if
Alembic does not load the graph, else {"answers": [...]}, each {"ok": ...} or {"error": class, "message": text}.
Errors that Alembic raises on purpose have the name of their class; all others are "Crash".
"""

import json
import signal
import sys
import types
import warnings
from unittest import mock

from alembic.runtime.migration import HeadMaintainer, MigrationStep
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision, RevisionError, RevisionMap
from alembic.util import CommandError

SECONDS_PER_QUESTION = 10


class Hangs(Exception):
    """Alembic did not come to an end."""


def on_alarm(*_):
    raise Hangs()


def revision(spec):
    made = Revision(
        spec["id"],
        tuple(spec["revises"]) or None,
        dependencies=tuple(spec["depends_on"]) or None,
        branch_labels=tuple(spec["branch_labels"]) or None,
    )
    made.doc = ""
    made.module = types.SimpleNamespace(upgrade=lambda: None, downgrade=lambda: None)
    return made


def directory(revisions):
    """A ScriptDirectory that has the graph and no files."""
    made = ScriptDirectory.__new__(ScriptDirectory)
    made.revision_map = RevisionMap(lambda: [revision(spec) for spec in revisions])
    return made


def run(script, rows, steps):
    """The version rows after each step, as Alembic would write them."""
    context = mock.MagicMock(as_sql=True)
    table = HeadMaintainer(context, rows)
    after = []
    for step in steps:
        table.update_to_step(step)
        after.append(sorted(table.heads))
    return after


def ids(revisions):
    names = ["base" if rev is None or rev == "base" else rev.revision for rev in revisions]
    if "base" in names:
        raise AssertionError("an answer with base among revisions, which no command can print")
    return names


def steps_and_rows(script, rows, steps):
    names = [step.revision.revision for step in steps]
    try:
        after = run(script, rows, steps)
    except Exception as error:
        return {"steps": names, "rows": None, "crash": f"{type(error).__name__}: {error}"}
    return {"steps": names, "rows": after[-1] if after else sorted(rows)}


def answer(script, question):
    graph = script.revision_map
    rows = tuple(question.get("rows", ()))
    match question["kind"]:
        case "upgrade":
            return steps_and_rows(script, rows, script._upgrade_revs(question["target"], rows))
        case "downgrade":
            return steps_and_rows(script, rows, script._downgrade_revs(question["target"], rows))
        case "apply":
            make = MigrationStep.upgrade_from_script if question["up"] else MigrationStep.downgrade_from_script
            steps = [make(graph, graph.get_revision(step)) for step in question["steps"]]
            return run(script, rows, steps)
        case "stamp":
            after = run(script, rows, script._stamp_revs(tuple(question["targets"]), rows))
            return after[-1] if after else sorted(rows)
        case "resolve":
            return ids(graph.get_revisions(question["text"]))
        case "range":
            lower, upper = (rows if end == "current" else end for end in (question["lower"], question["upper"]))
            return ids(graph.iterate_revisions(upper, lower, inclusive=True, assert_relative_length=False))
        case "current":
            return ids(graph._get_all_current(rows))
        case "graph":
            all_ = {rev.revision: rev for rev in graph._revision_map.values() if rev is not None}
            return {
                "heads": graph.heads,
                "real_heads": graph._real_heads,
                "bases": graph.bases,
                "branch_points": [id_ for id_, rev in all_.items() if rev.is_branch_point],
                "merge_points": [id_ for id_, rev in all_.items() if rev.is_merge_point],
                "labels": {id_: sorted(rev.branch_labels) for id_, rev in all_.items()},
                "normalized": {id_: sorted(rev._normalized_down_revisions) for id_, rev in all_.items()},
            }
    raise SystemExit(f"no question of kind {question['kind']}")


def guarded(act):
    signal.alarm(SECONDS_PER_QUESTION)
    try:
        return {"ok": act()}
    except (RevisionError, CommandError) as error:
        cause = error.__cause__ if isinstance(error, CommandError) and error.__cause__ else error
        return {"error": type(cause).__name__, "message": str(cause)}
    except Exception as error:
        return {"error": "Crash", "message": f"{type(error).__name__}: {error}"}
    finally:
        signal.alarm(0)


def load(revisions):
    script = directory(revisions)
    script.revision_map._revision_map
    return script


def main():
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, on_alarm)
    for line in sys.stdin:
        request = json.loads(line)
        loaded = guarded(lambda: load(request["revisions"]))
        if "ok" in loaded:
            script = loaded["ok"]
            response = {"answers": [guarded(lambda q=q: answer(script, q)) for q in request["questions"]]}
        else:
            response = loaded
        print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
