"""Runs one gate into a run folder and publishes what it decides."""

import asyncio

from evalgate.cli.publication import Publication, prepare, publish, refusal
from evalgate.cli.session import Terms, session
from evalgate.errors import EvalgateError, ExitCode, InterruptedRunError
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside


def gate(question: Question, world: Outside, *, publication: Publication, terms: Terms) -> ExitCode:
    """Run one gate and publish it; an error that the user can mend is published too."""
    if terms.begun is None:
        prepare(publication)
    try:
        plan = plan_gate(question, world)
        with session(plan, world, folder=publication.folder, terms=terms) as own:
            verdict = asyncio.run(
                run_gate(plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
            )
    except InterruptedRunError:
        raise
    except EvalgateError as error:
        publish(publication, refusal(question, error))
        raise
    publish(publication, verdict, plan=plan, log=own.log)
    return verdict.exit_code
