"""`evalgate incident case`: drafts a golden case from a sampled call into an eval set."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from evalgate.adapters.files import write_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.samples import find_sample
from evalgate.adapters.swap import read_file, swap
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import add_policy_argument, policy_for
from evalgate.cli.incident_place import (
    add_by_argument,
    add_id_argument,
    folder_of,
    found,
    own_command,
    signed,
)
from evalgate.cli.incident_sets import (
    SetPlace,
    line_of_case,
    lines_file,
    read_set,
    set_place,
    text_of,
)
from evalgate.cli.printing import print_lines
from evalgate.cli.prompt_place import find_folder
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.incident import Incident
from evalgate.model.policy import Policy
from evalgate.model.prompt import PromptVersion
from evalgate.model.sample import Sample
from evalgate.monitoring.incidents.case_graders import graders_for
from evalgate.monitoring.incidents.case_text import with_case
from evalgate.monitoring.incidents.drafting import DraftedCase, drafted_case
from evalgate.monitoring.incidents.following import with_drafted
from evalgate.prompts.library import read_prompts
from evalgate.reporting.visible import safe_line
from evalgate.runtime.settings import FILE, read_serving

TAG = "incident"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident case`."""
    add_id_argument(parser)
    parser.add_argument(
        "--from",
        dest="request_id",
        metavar="REQUEST_ID",
        required=True,
        help="the id of a call whose sample is in the spool",
    )
    parser.add_argument("--evalset", metavar="NAME", required=True, help="where the case goes")
    parser.add_argument("--name", metavar="ID", help="of the case (default: made of both ids)")
    parser.add_argument(
        "--spool", metavar="DIR", type=Path, help="the spool (default: as runtime.yml says)"
    )
    parser.add_argument("--folder", metavar="DIR", type=Path, help="the folder of prompts")
    parser.add_argument("--print", action="store_true", help="print the case, and write nothing")
    add_policy_argument(parser)
    add_by_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Draft a case, put it into the eval set, and note that in the incident."""
    incident = found(options).incident
    folder = find_folder(incident.scope.prompt, options.folder, here=Path.cwd())
    policy = policy_for(options.policy, folder)
    sample = _sample(options, folder)
    draft = _draft(incident, sample, policy, folder=folder, name=options.name)
    if options.print:
        print_lines(map(safe_line, write_yaml([draft.case]).rstrip("\n").split("\n")))
        _remark(draft)
        return ExitCode.OK
    place = set_place(options.evalset, policy.paths.evalsets, here=Path.cwd())
    path = _write(place, draft, incident)
    name = f"{place.name}:{draft.case['id']}"
    who = signed(options)
    folder_of(options).change(incident.id, lambda now: with_drafted(now, name, who))
    proved = own_command(
        options, "close", incident.id, "--root-cause", "…", "--case", name, "--prove"
    )
    print_lines(map(safe_line, _told(path, name, proved)))
    _remark(draft)
    return ExitCode.OK


def _sample(options: Namespace, folder: Path) -> Sample:
    spool = options.spool or _spool(folder)
    sample = find_sample(spool, options.request_id)
    if sample is None:
        raise UsageError(
            f"{spool} holds no sample of {options.request_id}: it was not sampled, or its time is "
            "over; write the case by hand"
        )
    return sample


def _spool(folder: Path) -> Path:
    path = folder / FILE
    content = read_file(path)
    serving = read_serving(FORMATS.read_yaml(str(path), content)) if content else None
    if serving is None or not serving.sampling.spool:
        raise UsageError(f"{path} names no spool of samples: name its folder with --spool")
    return Path(serving.sampling.spool)


def _draft(
    incident: Incident, sample: Sample, policy: Policy, *, folder: Path, name: str | None
) -> DraftedCase:
    graders = graders_for(incident.scope.criterion, policy.monitor.scoring)
    return drafted_case(
        sample,
        _version(sample, folder),
        name=name or f"incident-{incident.opened_at[:10]}-{sample.request_id[-8:]}",
        graders=graders,
        tags=(TAG,),
    )


def _version(sample: Sample, folder: Path) -> PromptVersion:
    prompts = read_prompts(read_prompt_folder(folder, sample.prompt), str(folder), FORMATS)
    prompt = prompts.get(sample.prompt)
    if prompt is None or sample.version not in prompt.versions:
        raise UsageError(
            f"{folder / sample.prompt} holds no {sample.version}, which answered the call: bring "
            "it back with git, or write the case by hand"
        )
    return prompt.read(sample.version, FORMATS)


def _write(place: SetPlace, draft: DraftedCase, incident: Incident) -> Path:
    """Put a case into its file, once the set with it has been read without a problem."""
    lines = lines_file(place)
    path = lines or place.path
    content, text = text_of(place.root / path)
    if lines:
        after = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}"
        after = f"{after}{line_of_case(draft.case)}\n"
    else:
        comments = (f"Drafted from the incident {incident.id}: look it over.", *draft.remarks)
        after = with_case(text, write_yaml([draft.case]), comments=comments)
    before = read_set(place)
    try:
        made = read_set(place, changed={path: after.encode()})
    except ConfigurationError as error:
        raise UsageError(
            f"the case does not fit into {path}, so that nothing was written: {error}"
        ) from None
    if len(made.cases) != len(before.cases) + 1:
        raise UsageError(f"{path} has another form than expected: nothing was written; use --print")
    swap(place.root / path, content, after.encode())
    return place.root / path


def _told(path: Path, name: str, proved: str) -> Iterator[str]:
    yield f"{name} is drafted into {path}."
    yield "Say in its graders what the answer has to hold, then see it fail and pass:"
    yield f"  {proved}"


def _remark(draft: DraftedCase) -> None:
    for remark in draft.remarks:
        notify(remark)
