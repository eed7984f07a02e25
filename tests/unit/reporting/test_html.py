import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

from evalgate.model.change import FileChange
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial
from evalgate.model.verdict import Flips, PromptVerdict, RunVerdict, Slice
from evalgate.model.waiver import Waiver
from evalgate.reporting.html import page
from evalgate.reporting.story import Banner, Report

LINKS = re.compile(r'href="(#[^"]*)"')
VOID = {"meta", "br", "link", "img", "input"}


class Outline(HTMLParser):
    """Reads a page: its elements with their attributes, its text, and whether all are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}


def test_the_page_opens_with_the_verdict_and_ends_in_the_evidence(
    a_report: Callable[..., Report],
) -> None:
    text = Outline(page(a_report())).text
    places = [
        text.index(part)
        for part in (
            "support v4 answers 1 of 120 cases worse than v3",
            "The gate blocks this change.",
            "What to do next",
            "limit −5",
            "What broke",
            "It does not say so.",
            "How this was decided",
            "planned = graded + errored + skipped + waived",
            "What the change does to the prompts",
            "To have the same run again",
        )
    ]
    assert places == sorted(places)


def digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def test_the_policy_allows_this_style_sheet_and_this_script_and_nothing_else(
    a_report: Callable[..., Report],
) -> None:
    html = page(a_report())
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert style
    assert script
    policies = [
        attributes["content"]
        for tag, attributes in Outline(html).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest(style[1])}';"
        f" script-src 'sha256-{digest(script[1])}'; base-uri 'none'; form-action 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    ]


def test_the_page_refers_to_nothing_and_has_one_script(a_report: Callable[..., Report]) -> None:
    outline = Outline(page(a_report()))
    assert not outline.tags & {"link", "img", "iframe", "object", "base"}
    scripts = [attributes for tag, attributes in outline.elements if tag == "script"]
    assert [each.get("type") for each in scripts if each.get("type") != "text/plain"] == [None]
    for _, attributes in outline.elements:
        assert not {"src", "style", "srcset", "action"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")


def test_hostile_texts_are_shown_and_do_nothing(hostile_report: Report) -> None:
    html = page(hostile_report)
    outline = Outline(html)
    assert "img" not in outline.tags
    assert "<script>alert(1)</script>" in outline.text
    assert "⟨U+202E⟩right to left" in outline.text
    assert not re.search("[\x00\x1b\u202e\ufffe]", html)
    html.encode()


def test_a_chart_is_told_in_words(a_report: Callable[..., Report]) -> None:
    assert "the pass rate is between 4 and 11 points lower" in Outline(page(a_report())).text


def test_a_chart_is_left_out_when_nothing_was_compared(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    finding = a_verdict(
        candidate=None,
        baseline=None,
        delta=None,
        pass_rate={},
        ledger={},
        flips=Flips(),
        evalset="",
    )
    assert "svg" not in Outline(page(a_report(a_run(finding)))).tags


def test_a_banner_is_told_with_its_command(a_report: Callable[..., Report]) -> None:
    banner = Banner(text="Not <verified>.", command="gh workflow run x.yml")
    text = page(replace(a_report(), banner=banner))
    assert (
        '<p class="banner" role="note">Not &lt;verified&gt;.</p>\n<pre>gh workflow run x.yml</pre>'
        in text
    )
    assert "<pre>gh" not in page(replace(a_report(), banner=replace(banner, command="")))


def test_simulated_answers_are_announced(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    sentence = "Answers are simulated; no call was made to Claude."
    assert sentence in page(a_report(a_run(a_verdict(), simulated=True)))
    assert sentence not in page(a_report())


def test_a_run_without_a_prompt_is_a_page_too(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    text = Outline(page(a_report(nothing_changed))).text
    assert "No prompt changed between main and the head." in text


def test_an_unknown_cost_is_called_unknown(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    html = page(a_report(a_run(a_verdict(cost_usd=None), cost_usd=None)))
    assert "<dd>unknown, at most $0 for 1,443 calls</dd>" in html
    assert "</span> · unknown</caption>" in html


def test_the_same_report_gives_the_same_bytes(a_report: Callable[..., Report]) -> None:
    assert page(a_report()) == page(a_report())


def test_slices_that_lost_most_answers_come_first(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    slices = (
        Slice(tag="few-lost", cases=2, baseline=1.0, candidate=0.0, delta=-1.0),
        Slice(tag="many-lost", cases=45, baseline=1.0, candidate=0.5, delta=-0.5),
        Slice(tag="none-lost", cases=9, baseline=None, candidate=0.5, delta=None),
    )
    text = Outline(page(a_report(a_run(a_verdict(slices=slices))))).text
    assert text.index("many-lost") < text.index("few-lost") < text.index("none-lost")


def test_protected_slices_come_first_and_flaky_cases_are_labelled(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    slices = (
        Slice(tag="most-lost", cases=45, baseline=1.0, candidate=0.5, delta=-0.5),
        Slice(tag="vip", cases=2, baseline=1.0, candidate=1.0, delta=0.0, protected=True),
    )
    html = page(a_report(a_run(a_verdict(slices=slices, flaky=("late",)))))
    text = Outline(html).text
    assert text.index("vip") < text.index("most-lost")
    assert '<span class="mark is-flaky">flaky</span>' in html
    assert "protected" in text


def test_waived_cases_are_listed_with_their_terms_and_shown(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    run = a_run(a_verdict(flips=Flips(), waived=(a_waiver(),)))
    text = " ".join(Outline(page(a_report(run))).text.split())
    assert "late waived by Ann until 2027-01-31: the tool is replaced" in text
    assert "1 waived" in text


def test_the_worst_cases_lead_to_their_whole_story(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
    a_case: Callable[..., Case],
) -> None:
    ids = tuple(f"case/{number}" for number in range(7))
    html = page(
        a_report(
            a_run(a_verdict(flips=Flips(regressed=ids))),
            trials=[a_trial(case, passed=False) for case in ids],
            cases=[a_case(case) for case in ids],
        )
    )
    assert [link for link in LINKS.findall(html) if link.startswith("#case")] == [
        *("#cases", "#cases?outcome=regressed"),
        *(f"#case/support/v4/letters/case%2F{number}" for number in range(5)),
        "#cases?outcome=regressed",
    ]


def test_the_lines_of_the_prompt_that_changed_are_told(a_report: Callable[..., Report]) -> None:
    report = a_report()
    change = FileChange(
        path="p/v4.md", before="Be <kind>.", after="Be <brief>.", formerly="p/v3.md"
    )
    (story,) = report.prompts
    html = page(replace(report, prompts=(replace(story, files=(change,)),)))
    assert "Be &lt;<del>kind</del>&gt;." in html
    assert "Be &lt;<ins>brief</ins>&gt;." in html
    assert "1 line added, 1 removed" in html


def test_a_run_is_told_with_the_command_that_asks_again(a_report: Callable[..., Report]) -> None:
    report = replace(a_report(), command="evalgate gate --base x", settings=(("Judge", "`haiku`"),))
    html = page(report)
    assert ">evalgate gate --base x</pre>" in html
    assert "<dt>Judge</dt><dd><code>haiku</code></dd>" in html


def test_a_pass_rate_is_told_with_where_it_plausibly_lies(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    html = page(a_report(a_run(a_verdict(rate_bounds={Arm.CANDIDATE: (0.81, 0.925)}))))
    assert html.count('class="plausible"') == 1
    assert "81% to 92.5%" in html
