"""Forms of journeys, baselines, pools and needs."""

from __future__ import annotations

from app.journeys.forms.baselines import BaselineForm, UploadForm, baseline_form
from app.journeys.forms.figures import read_figures
from app.journeys.forms.journeys import JourneyForm, ShapeForm, shape_form
from app.journeys.forms.needs import NeedForm, RetireForm, need_data, need_form
from app.journeys.forms.pools import CertifyForm, PoolForm, WithdrawForm, pool_form

__all__ = [
    "BaselineForm",
    "CertifyForm",
    "JourneyForm",
    "NeedForm",
    "PoolForm",
    "RetireForm",
    "ShapeForm",
    "UploadForm",
    "WithdrawForm",
    "baseline_form",
    "need_data",
    "need_form",
    "pool_form",
    "read_figures",
    "shape_form",
]
