"""Which kind of failure an answer of the Claude API is, as tables by code, type and status.

The SDK's exception classes are made from the same three facts, and its tree mixes kinds: an
exhausted spend limit is a subclass of the rate limit error, an overload one of the server error. So
the kind is looked up here and never inherited. Every code that the SDK has a class for has a row,
also those of endpoints that evalgate does not call; a test walks the tree.
"""

from collections.abc import Mapping

from evalgate.model.chat import FailureKind
from evalgate.model.route import Provider

_CODES: Mapping[FailureKind, tuple[str, ...]] = {
    FailureKind.SPEND_LIMIT: (
        "contract_spend_limit_reached",
        "enforced_spend_limit_reached",
        "linked_organization_spend_limit_reached",
    ),
    FailureKind.BILLING: (
        "linked_organization_billing_unavailable",
        "user_profile_billing_not_authorized",
        "user_profile_not_billable",
    ),
    FailureKind.PERMISSION: (
        # The account cannot call the API at all, whatever the request says.
        "claude_code_key_creator_not_member",
        "cmek_key_disabled",
        "cmek_key_network_blocked",
        "organization_not_enrolled_in_beta",
        "organization_on_hold",
        "organization_type_not_supported",
        "parent_organization_required",
        # Status 403.
        "api_key_scope_missing",
        "cannot_sign_out_managed_member",
        "cannot_sign_out_membership_admin",
        "cannot_sign_out_owner",
        "cannot_sign_out_privileged_member",
        "claude_tag_writes_not_enabled",
        "compliance_configuration_restricted",
        "environment_create_disabled",
        "environment_update_disabled",
        "organization_level_scoped_api_key_required",
        "sandbox_egress_restricted",
        "spend_limits_admin_api_writes_not_enabled",
    ),
    FailureKind.RATE_LIMIT: ("ramp_limit_exceeded",),
    FailureKind.OVERLOADED: ("compaction_unavailable",),
    FailureKind.TIMEOUT: ("request_body_timeout",),
    FailureKind.SERVER: ("cmek_context_unavailable", "cmek_key_unreachable"),
    FailureKind.TOO_LARGE: ("request_body_too_large_after_decoding",),
    FailureKind.REQUEST: (
        # Status 400.
        "already_member",
        "available_tools_limit_exceeded",
        "bundle_attachment_not_supported",
        "bundle_on_call",
        "cannot_invite_emails_with_unverified_domains",
        "cannot_remove_last_member",
        "cannot_sign_out_primary_owner",
        "cannot_sign_out_self",
        "claude_code_version_too_old",
        "cmek_feature_unsupported",
        "compaction_block_ambiguous",
        "compaction_block_misplaced",
        "compaction_content_mismatch",
        "compaction_incomplete_turn",
        "compaction_nothing_to_summarize",
        "compaction_signature_invalid",
        "compaction_too_many_tool_references",
        "compaction_tool_changes_mismatch",
        "email_domain_not_allowed",
        "environment_archived",
        "external_key_in_workspace_policy",
        "external_key_validation_failed",
        "external_key_validation_timed_out",
        "file_not_downloadable",
        "invalid_config_type_change",
        "invalid_metadata",
        "invite_already_exists",
        "key_profile_mismatch",
        "org_api_key_limit_exceeded",
        "org_member_limit_exceeded",
        "rbac_group_grants_owner_access",
        "rbac_group_order_limit_exceeded",
        "rbac_group_owner_access_unconfirmed",
        "request_body_encoding_invalid",
        "request_body_encoding_unsupported",
        "scan_failed",
        "settings_document_limit_exceeded",
        "settings_history_limit_exceeded",
        "slack_channel_set_up_settings_refused",
        "storage_quota_exceeded",
        "thread_already_continued",
        "thread_continue_in_flight",
        "thread_fingerprint_mismatch",
        "thread_unsupported_request",
        "tool_name_conflict",
        "tool_reference_unresolved",
        "unsupported_charset",
        "user_profile_not_found",
        "user_profile_required",
        "workspace_api_key_limit_exceeded",
        "workspace_member_limit_exceeded",
        "workspace_policy_violation",
        # Status 404: something other than the model is missing.
        "environment_not_found",
        "file_expired",
        "rbac_group_managed_settings_not_found",
        "rbac_group_not_found",
        "rbac_role_not_found",
        "slack_channel_set_up_environment_not_found",
        "thread_not_found",
        # Status 409, 412 and 503: conflicts that no model call can meet.
        "concurrent_membership_change",
        "external_key_changed",
        "heartbeat_precondition_failed",
        "plugin_name_taken",
        "registration_pending",
        "scan_pending",
        "skill_name_taken",
        "skill_read_blocked_undecryptable",
        "slack_channel_set_up_settings_conflict",
    ),
}

BY_CODE: Mapping[str, FailureKind] = {
    code: kind for kind, codes in _CODES.items() for code in codes
}
"""By `error.details.error_code`, the most exact of the three."""

BY_TYPE: Mapping[str, FailureKind] = {
    "authentication_error": FailureKind.AUTHENTICATION,
    "billing_error": FailureKind.BILLING,
    "permission_error": FailureKind.PERMISSION,
    "not_found_error": FailureKind.MODEL_NOT_FOUND,
    "rate_limit_error": FailureKind.RATE_LIMIT,
    "timeout_error": FailureKind.TIMEOUT,
    "overloaded_error": FailureKind.OVERLOADED,
    "conflict_error": FailureKind.SERVER,
}
"""By `error.type`, where it says more than the status; `api_error` and the like do not."""

BY_TYPE_ALONE: Mapping[str, FailureKind] = {
    "invalid_request_error": FailureKind.REQUEST,
    "request_too_large": FailureKind.TOO_LARGE,
}
"""By `error.type` where no error status stands beside it: in a stream, and in a batch."""

BY_STATUS: Mapping[int, FailureKind] = {
    400: FailureKind.REQUEST,
    401: FailureKind.AUTHENTICATION,
    402: FailureKind.BILLING,
    403: FailureKind.PERMISSION,
    404: FailureKind.MODEL_NOT_FOUND,
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER,
    412: FailureKind.REQUEST,
    413: FailureKind.TOO_LARGE,
    422: FailureKind.REQUEST,
    # Bedrock: the model failed at this request.
    424: FailureKind.SERVER,
    429: FailureKind.RATE_LIMIT,
    431: FailureKind.REQUEST,
    499: FailureKind.CONNECTION,
    501: FailureKind.SERVER,
    503: FailureKind.SERVER,
    504: FailureKind.TIMEOUT,
    529: FailureKind.OVERLOADED,
}
"""By HTTP status, when neither code nor type decides."""

ADVICE: Mapping[FailureKind, str] = {
    FailureKind.AUTHENTICATION: "check the API key in ANTHROPIC_API_KEY",
    FailureKind.PERMISSION: "check what the API key and its organization may use",
    FailureKind.BILLING: "check the billing of the organization in the Claude Console",
    FailureKind.SPEND_LIMIT: "raise the spend limit in the Claude Console, or wait for its reset",
    FailureKind.MODEL_NOT_FOUND: "check the model's name and ANTHROPIC_BASE_URL",
    FailureKind.CONNECTION: "check the network and ANTHROPIC_BASE_URL",
    FailureKind.TOO_LARGE: "shorten the prompt or the case",
}
"""The next step at the Claude API, for the kinds that a person can do something about."""

CLOUD_ADVICE: Mapping[FailureKind, str] = {
    FailureKind.AUTHENTICATION: "check the credentials of the route",
    FailureKind.PERMISSION: "check what the account of the route may use",
    FailureKind.BILLING: "check the billing of the account of the route",
    FailureKind.SPEND_LIMIT: "raise the limit of the account of the route",
    FailureKind.MODEL_NOT_FOUND: "check the route's region and its id of the model",
    FailureKind.CONNECTION: "check the network and the route's region",
    FailureKind.TOO_LARGE: "shorten the prompt or the case",
}
"""The same at the other providers."""


def advice(kind: FailureKind, provider: Provider) -> str:
    """Return the next step after a failure, or nothing when there is none for a person."""
    table = ADVICE if provider is Provider.DIRECT else CLOUD_ADVICE
    return table.get(kind, "")


def kind_of(status: int, *, error_type: str | None, code: str | None) -> FailureKind:
    """Return the kind of an error.

    Args:
        status: the HTTP status of its response; below 400 where the error came later.
        error_type: `error.type` of the body, if it has one.
        code: `error.details.error_code` of the body, if it has one.
    """
    by_body = BY_CODE.get(code or "") or BY_TYPE.get(error_type or "")
    if by_body:
        return by_body
    if status < 400:
        return BY_TYPE_ALONE.get(error_type or "", FailureKind.SERVER)
    rest = FailureKind.SERVER if status >= 500 else FailureKind.REQUEST
    return BY_STATUS.get(status, rest)
