"""OpenAPI 3.1 of a workspace, generated from its catalog: one set of paths and schemas per object."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request

from banyan.api.caller import CallerDep
from banyan.api.directory import Directory
from banyan.api.strict import StrictRoute
from banyan.metadata.catalog import Catalog, Object

router = APIRouter(tags=["metadata"], route_class=StrictRoute)
BASE = "/api/v1"
_GENERIC = f"{BASE}/records/{{object_name}}"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "reference", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "reference": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def platform_document(app: FastAPI) -> dict[str, Any]:
    """The part that is the same for every workspace, errors in our one shape."""
    from fastapi.openapi.utils import get_openapi

    routes = [
        each
        for route in app.routes
        for each in (route.described() if isinstance(route, Directory) else (route,))
    ]
    document = get_openapi(title="Banyan", version="1", routes=routes, openapi_version="3.1.0")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = _PROBLEM
    problem = {
        "description": "A refusal",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
    return document


def workspace_document(app: FastAPI, catalog: Catalog, objects: list[Object]) -> dict[str, Any]:
    """Generic record paths made concrete for each object the caller may read."""
    document = platform_document(app)
    generic = {path: item for path, item in document["paths"].items() if path.startswith(_GENERIC)}
    for path in generic:
        del document["paths"][path]
    for obj in objects:
        name = _type_name(obj)
        document["components"]["schemas"][name] = _schema(obj, writable=False)
        document["components"]["schemas"][f"{name}Values"] = _schema(obj, writable=True)
        for path, item in generic.items():
            document["paths"][path.replace("{object_name}", obj.api_name)] = _concrete(path, item, obj, name)
    document["info"]["x-catalog-version"] = catalog.version
    return document


def _type_name(obj: Object) -> str:
    return "".join(part.capitalize() for part in obj.api_name.split("_"))


def _schema(obj: Object, *, writable: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in obj.fields:
        with_rows = writable and field.kind.inverse(field) is not None
        if (writable and field.readonly and not with_rows) or (field.kind.virtual and not with_rows):
            continue
        shape = field.kind.json_schema(field)
        label = field.label.get("en") or next(iter(field.label.values()))
        properties[field.api_name] = {"anyOf": [shape, {"type": "null"}], "title": label}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if writable:
        schema["additionalProperties"] = False
        needed = [
            f.api_name
            for f in obj.custom_fields
            if f.required_always and f.definition.default is None and not f.readonly
        ]
        if needed:
            schema["required"] = needed
    return schema


def _concrete(path: str, item: dict[str, Any], obj: Object, name: str) -> dict[str, Any]:
    """The generic path item without its object parameter, with this object's record and values."""
    made: dict[str, Any] = {}
    record = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    for method, operation in item.items():
        copy = {**operation, "tags": [obj.api_name]}
        copy["operationId"] = f"{operation['operationId']}_{obj.api_name}"
        copy["parameters"] = [p for p in operation.get("parameters", ()) if p["name"] != "object_name"]
        tail = path.removeprefix(_GENERIC)
        if method in ("post", "patch") and tail in ("", "/{record_id}"):
            values: dict[str, Any] = {"$ref": f"#/components/schemas/{name}Values"}
            if method == "patch":
                version = {"type": "object", "properties": {"version": {"type": "integer"}}}
                values = {"allOf": [version], "description": f"`version` and fields of {name}Values"}
            copy["requestBody"] = {"required": True, "content": {"application/json": {"schema": values}}}
        if tail in ("", "/{record_id}", "/{record_id}/restore") and (method, tail) != ("get", ""):
            copy["responses"] = {
                status: {**answer, "content": record} if status in ("200", "201") else answer
                for status, answer in operation["responses"].items()
            }
        made[method] = copy
    return made


@router.get("/openapi.json", include_in_schema=False)
async def document(request: Request, caller: CallerDep) -> dict[str, Any]:
    """The caller's workspace as OpenAPI 3.1."""
    catalog = caller.session.catalog
    objects = [obj for obj in catalog.objects if caller.session.policy.allows(obj.grant_key, "read")]
    return workspace_document(request.app, catalog, objects)
