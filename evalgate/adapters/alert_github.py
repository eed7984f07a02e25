"""Keeps one issue on GitHub for each cause of alerts: opened, changed, closed, opened again.

An issue is found again by a marker in its text that nobody sees.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from evalgate.adapters.alert_document import instant, subject
from evalgate.adapters.github_addresses import DEFAULT_API, checked_repository
from evalgate.adapters.github_client import GitHubClient, Patience
from evalgate.adapters.github_issues import LONGEST_TITLE, Issue, Issues
from evalgate.errors import AlertError, GitHubError
from evalgate.model.alert import Alert

REOPENED_FOR = 7 * 86_400.0
"""Seconds for which the issue of a cause that is over is opened again; later there is a new one."""

_WRITTEN_BY = (
    "<sub>`evalgate monitor` writes this issue, and closes it when the cause is over.</sub>"
)
_NUMBER = re.compile(r"/issues/(\d{1,12})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSink:
    """Takes an alert as an issue of a repository, and its end as the end of that issue.

    `wording` writes an alert as Markdown that does nothing but be read.
    """

    token: str = field(repr=False)
    repository: str
    wording: Callable[[Alert], str]
    api_url: str = DEFAULT_API
    labels: Sequence[str] = ()
    timeout: float = 10.0

    def send(self, alert: Alert, *, reference: str = "") -> str:
        """Open, change or close the issue of an alert, and return its address."""
        trouble = ""
        try:
            with self._client() as client:
                issues = Issues(client, f"repos/{checked_repository(self.repository)}")
                return self._told(issues, alert, reference=reference)
        except GitHubError as error:
            trouble = str(error)
        raise AlertError(trouble)

    def _client(self) -> AbstractContextManager[GitHubClient]:
        wait = self.timeout
        patience = Patience(connect=wait, read=wait, answer=wait, in_all=wait / 2)
        return GitHubClient(self.token, api_url=self.api_url, patience=patience)

    def _told(self, issues: Issues, alert: Alert, *, reference: str) -> str:
        known = self._known(issues, alert, reference=reference)
        if alert.is_resolved:
            return "" if known is None else self._closed(issues, known, alert)
        if known is None:
            return self._opened(issues, alert).url
        return self._changed(issues, known, alert)

    def _known(self, issues: Issues, alert: Alert, *, reference: str) -> Issue | None:
        """Return the issue of a cause: the one that it had the last time, else one that is found.

        One that was closed counts while it may be opened again.
        """
        found = _NUMBER.search(reference)
        issue = issues.numbered(int(found[1])) if found else None
        is_it = issue is not None and issue.is_ours and marker(alert.fingerprint) in issue.body
        if issue is not None and is_it and (issue.is_open or alert.is_resolved):
            return issue
        since = instant(max(0.0, alert.at - REOPENED_FOR))
        return issues.marked(marker(alert.fingerprint), since=since)

    def _opened(self, issues: Issues, alert: Alert) -> Issue:
        try:
            return issues.create(_title(alert), self._body(alert), labels=self.labels)
        except GitHubError:
            # The line may have been lost after it was done.
            since = instant(max(0.0, alert.at - REOPENED_FOR))
            made = issues.marked(marker(alert.fingerprint), since=since)
            if made is None or not made.is_open:
                raise
            return made

    def _body(self, alert: Alert) -> str:
        return f"{marker(alert.fingerprint)}\n{self.wording(alert)}\n\n{_WRITTEN_BY}"

    def _comment(self, said: str, alert: Alert) -> str:
        return f"{said}\n\n{self.wording(alert)}"

    def _changed(self, issues: Issues, known: Issue, alert: Alert) -> str:
        body = self._body(alert)
        if known.is_open and _same(known.body, body):  # an earlier attempt was heard after all
            return known.url
        reopened = {} if known.is_open else {"state": "open", "state_reason": "reopened"}
        issues.update(known.number, title=_title(alert), body=body, **reopened)
        said = "It changed." if known.is_open else "It is back."
        issues.comment(known.number, self._comment(said, alert))
        return known.url

    def _closed(self, issues: Issues, known: Issue, alert: Alert) -> str:
        if known.is_open:
            issues.comment(known.number, self._comment("It is over.", alert))
            closed = {"state": "closed", "state_reason": "completed"}
            issues.update(known.number, title=_title(alert), body=self._body(alert), **closed)
        return known.url


def marker(fingerprint: str) -> str:
    """Return the words by which the issue of a cause is found again; they are not shown."""
    digest = hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:32]
    return f"<!-- evalgate-alert: {digest} -->"


def _title(alert: Alert) -> str:
    return subject(alert, LONGEST_TITLE)


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.strip()
