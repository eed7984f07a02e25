"""Writes a report as JUnit XML, for the tools that list tests.

Each candidate is a suite: a test for the verdict itself, then one for each case. The file agrees
with the gate: when the gate lets a change through, a case that got worse within the limit passes
and says so, and one without a grade is skipped.
"""

from xml.etree import ElementTree as Xml

from evalgate.errors import ExitCode
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict
from evalgate.reporting.numbers import tally
from evalgate.reporting.story import CaseOutcome, CaseStory, Outcome, PromptStory, Report
from evalgate.reporting.visible import visible
from evalgate.reporting.waiver_words import waiver_terms

_BROKEN = (Outcome.REGRESSED, Outcome.FAILING)


def junit(report: Report) -> str:
    """Return the content of `junit.xml`."""
    root = Xml.Element("testsuites", name="evalgate")
    blocks = report.run.exit_code is not ExitCode.OK
    if report.run.simulated:
        properties = Xml.SubElement(root, "properties")
        Xml.SubElement(properties, "property", name="answers", value="simulated")
    if not report.prompts:
        suite = Xml.SubElement(root, "testsuite", name="evalgate")
        _verdict_test(suite, report.run.verdict, report.headline, blocks=blocks)
        _count(suite)
    for story in report.prompts:
        _suite(root, story, blocks=blocks)
    _count(root)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _suite(root: Xml.Element, story: PromptStory, *, blocks: bool) -> None:
    verdict = story.verdict
    version = f" {verdict.candidate.version}" if verdict.candidate else ""
    on = f" on {verdict.evalset}" if verdict.evalset else ""
    suite = Xml.SubElement(root, "testsuite", name=visible(f"{verdict.name}{version}{on}"))
    blocks = blocks and verdict.verdict is not Verdict.PASS
    _verdict_test(suite, verdict.verdict, story.headline, blocks=blocks)
    told = (*story.regressed.told, *story.failing.told)
    told_by_case = {each.result.case: each for each in told}
    causes = {error.case: f"{error.kind}: {error.message}" for error in reversed(story.errors)}
    waived = {waiver.case: waiver_terms(waiver) for waiver in verdict.waived}
    for result in story.results:
        if result.outcome is Outcome.WAIVED:
            message = f"{waived[result.case]} ({_message(result)})"
            Xml.SubElement(_test(suite, result.case), "skipped", message=visible(message))
            continue
        cause = causes.get(result.case, "")
        _case_test(suite, result, told_by_case.get(result.case), cause=cause, blocks=blocks)
    _count(suite)


def _verdict_test(suite: Xml.Element, verdict: Verdict, headline: str, *, blocks: bool) -> None:
    test = _test(suite, "verdict")
    if verdict is Verdict.NOT_APPLICABLE:
        Xml.SubElement(test, "skipped", message=visible(headline))
    elif verdict is Verdict.ERROR:
        Xml.SubElement(test, "error", message=visible(headline), type=verdict.value)
    elif blocks and verdict is not Verdict.PASS:
        Xml.SubElement(test, "failure", message=visible(headline), type=verdict.value)


def _case_test(
    suite: Xml.Element, result: CaseOutcome, story: CaseStory | None, *, cause: str, blocks: bool
) -> None:
    test = _test(suite, result.case)
    message = _message(result)
    if result.outcome in _BROKEN and blocks:
        failure = Xml.SubElement(test, "failure", message=message, type=result.outcome.value)
        failure.text = _reasons(story) or message
    elif result.outcome is Outcome.ERRORED and blocks:
        Xml.SubElement(test, "error", message=message, type="errored").text = visible(cause)
    elif result.outcome in {Outcome.ERRORED, Outcome.SKIPPED}:
        Xml.SubElement(test, "skipped", message=message)
    elif result.outcome is not Outcome.UNCHANGED or result.flaky:
        Xml.SubElement(test, "system-out").text = message


def _message(result: CaseOutcome) -> str:
    sides = [f"{arm.value} {tally(result.arms[arm].outcomes)}" for arm in Arm if arm in result.arms]
    importance = "critical, " if result.critical else ""
    importance += "flaky, " if result.flaky else ""
    return f"{importance}{result.outcome.value}: {', '.join(sides)}"


def _reasons(story: CaseStory | None) -> str:
    candidate = story.arms.get(Arm.CANDIDATE) if story else None
    grades = candidate.grades if candidate else ()
    return visible(
        "\n".join(f"{grade.grader}: {grade.reason}" for grade in grades if not grade.passed)
    )


def _test(suite: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=suite.attrib["name"], name=visible(name))


def _count(element: Xml.Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(len(list(element.iter(tag)))))
