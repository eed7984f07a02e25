# The types of the names that are loaded late.
from evalgate.cli.scoring_worker import ScoringWorker as ScoringWorker
from evalgate.errors import BrokenStreamError as BrokenStreamError
from evalgate.errors import CallError as CallError
from evalgate.errors import DeadlineError as DeadlineError
from evalgate.errors import PromptDisabledError as PromptDisabledError
from evalgate.errors import UsageError as UsageError
from evalgate.model.call import ServedBy as ServedBy
from evalgate.model.content import ToolResult as ToolResult
from evalgate.model.document import Data as Data
from evalgate.model.override import Forced as Forced
from evalgate.model.reply import Reply as Reply
from evalgate.runtime.asked import Unserved as Unserved
from evalgate.runtime.async_runtime import AsyncConversation as AsyncConversation
from evalgate.runtime.async_runtime import AsyncRuntime as AsyncRuntime
from evalgate.runtime.async_runtime import AsyncStream as AsyncStream
from evalgate.runtime.deadlines import deadline as deadline
from evalgate.runtime.prompts import load_prompt as load_prompt
from evalgate.runtime.runtime import Conversation as Conversation
from evalgate.runtime.runtime import Runtime as Runtime
from evalgate.runtime.runtime import Stream as Stream

__version__: str
_HOMES: dict[str, str]
