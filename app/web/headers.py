"""Response headers that tell browsers what a page of ours may never do."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR_SECONDS = 31_536_000


def protect(response: Response) -> Response:
    """Add the headers; pages are never kept by caches, versioned static files for a year."""
    for name, value in ALWAYS.items():
        response.headers[name] = value
    if current_app.config["SECURE_COOKIES"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    response.vary.update(("Cookie", "HX-Request"))
    if request.endpoint == "static" and response.status_code in {200, 206, 304}:
        _cache_static(response)
    else:
        response.headers["Cache-Control"] = "no-store"
    request_id = g.get("request_id")
    if request_id:
        response.headers["X-Request-ID"] = request_id
    return response


def _cache_static(response: Response) -> None:
    response.headers.pop("Vary", None)
    if request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"


def init_headers(app: Flask) -> None:
    app.after_request(protect)
