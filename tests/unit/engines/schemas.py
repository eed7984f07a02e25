"""JSON Schemas of the parts of the engines' resources that our manifests use, and of nothing else.

Written from what their CRDs say of these fields. Argo Rollouts v1.9.1 (Apache-2.0),
`manifests/crds/analysis-template-crd.yaml` and `rollout-crd.yaml`; Flagger v1.44.0 (Apache-2.0),
`artifacts/flagger/crd.yaml`. Every object is closed, so that a slip in a name fails here, where a
cluster would drop the field in silence.
"""

from collections.abc import Mapping

from evalgate.model.document import Data

Schema = dict[str, Data]

TEXT: Schema = {"type": "string", "minLength": 1}
ANY_TEXT: Schema = {"type": "string"}
LIMIT: Schema = {"type": "integer", "minimum": 0}
WEIGHT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
SPAN: Schema = {"type": "string", "pattern": "^([0-9]+(ms|s|m|h))+$"}


def closed(required: str, **properties: Schema) -> Schema:
    """Return the schema of an object that has no other keys; `required` are words."""
    return {
        "type": "object",
        "properties": {**properties},
        "required": [*required.split()],
        "additionalProperties": False,
    }


def several(items: Schema) -> Schema:
    """Return the schema of a list that is not empty."""
    return {"type": "array", "items": items, "minItems": 1}


def resource(version: str, kind: str, spec: Schema) -> Schema:
    """Return the schema of a resource with nothing but a name and a spec."""
    return closed(
        "apiVersion kind metadata spec",
        apiVersion={"const": version},
        kind={"const": kind},
        metadata=closed(
            "name", name={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}
        ),
        spec=spec,
    )


# Argo Rollouts

_SECRET = closed("secretKeyRef", secretKeyRef=closed("name key", name=TEXT, key=TEXT))
_WEB = closed(
    "url",
    url=TEXT,
    method={"enum": ["GET", "POST", "PUT"]},
    headers=several(closed("key value", key=TEXT, value=TEXT)),
    body=TEXT,
    timeoutSeconds=LIMIT,
    jsonPath=TEXT,
    insecure={"type": "boolean"},
)
_METRIC = closed(
    "name provider",
    name=TEXT,
    interval=SPAN,
    initialDelay=SPAN,
    count=LIMIT,
    successCondition=TEXT,
    failureCondition=TEXT,
    failureLimit={"type": "integer", "minimum": -1},
    inconclusiveLimit=LIMIT,
    consecutiveErrorLimit=LIMIT,
    consecutiveSuccessLimit=LIMIT,
    provider=closed("web", web=_WEB),
)
ANALYSIS_TEMPLATE = resource(
    "argoproj.io/v1alpha1",
    "AnalysisTemplate",
    closed(
        "metrics",
        args=several(closed("name", name=TEXT, value=ANY_TEXT, valueFrom=_SECRET)),
        metrics=several(_METRIC),
    ),
)

_ANALYSIS: Mapping[str, Schema] = {
    "templates": several(closed("templateName", templateName=TEXT)),
    "args": several(closed("name value", name=TEXT, value=ANY_TEXT)),
}
_STEP: Schema = {
    "oneOf": [
        closed("setWeight", setWeight=WEIGHT),
        closed("pause", pause=closed("", duration=SPAN)),
        closed("analysis", analysis=closed("templates", **_ANALYSIS)),
    ]
}
_LABELS: Schema = {"type": "object", "additionalProperties": TEXT, "minProperties": 1}
_PODS = closed(
    "metadata spec",
    metadata=closed("labels", labels=_LABELS),
    spec=closed("containers", containers=several(closed("name image", name=TEXT, image=TEXT))),
)
ROLLOUT = resource(
    "argoproj.io/v1alpha1",
    "Rollout",
    closed(
        "selector template strategy",
        replicas=LIMIT,
        selector=closed("matchLabels", matchLabels=_LABELS),
        template=_PODS,
        strategy=closed(
            "canary",
            canary=closed(
                "steps",
                analysis=closed("templates", startingStep=LIMIT, **_ANALYSIS),
                steps=several(_STEP),
            ),
        ),
    ),
)

# Flagger

_HOOK = closed(
    "name type url",
    name=TEXT,
    type={
        "enum": [
            *("confirm-rollout", "pre-rollout", "rollout", "confirm-traffic-increase"),
            *("confirm-promotion", "post-rollout", "rollback", "event"),
        ]
    },
    url={"type": "string", "pattern": "^http://"},
    timeout={"type": "string", "pattern": "^[0-9]+(m|s)"},
    retries=LIMIT,
    muteAlert={"type": "boolean"},
    disableTLS={"type": "boolean"},
    metadata={"type": "object", "additionalProperties": ANY_TEXT},
)
CANARY = resource(
    "flagger.app/v1beta1",
    "Canary",
    closed(
        "targetRef service analysis",
        targetRef=closed("apiVersion kind name", apiVersion=TEXT, kind=TEXT, name=TEXT),
        service=closed("port", port=LIMIT, targetPort=LIMIT),
        analysis=closed(
            "interval threshold webhooks",
            interval={"type": "string", "pattern": "^[0-9]+(m|s)"},
            threshold=LIMIT,
            stepWeights=several(WEIGHT),
            webhooks=several(_HOOK),
        ),
    ),
)

SCHEMAS: Mapping[str, Schema] = {
    "AnalysisTemplate": ANALYSIS_TEMPLATE,
    "Rollout": ROLLOUT,
    "Canary": CANARY,
}
