"""Forms of journeys, baselines, pools and needs."""

from __future__ import annotations

from app.journeys.forms.baselines import BaselineForm, UploadForm, baseline_form
from app.journeys.forms.controls import ControlForm
from app.journeys.forms.cutting import (
    CutForm,
    PeriodForm,
    asked_period,
    cut_filled,
    cut_form,
    period_form,
)
from app.journeys.forms.figures import read_figures
from app.journeys.forms.journeys import JourneyForm, ShapeForm, shape_form
from app.journeys.forms.needs import NeedForm, RetireForm, logged_segments, need_data, need_form
from app.journeys.forms.pools import CertifyForm, PoolForm, WithdrawForm, pool_form

__all__ = [
    "BaselineForm",
    "CertifyForm",
    "ControlForm",
    "CutForm",
    "JourneyForm",
    "NeedForm",
    "PeriodForm",
    "PoolForm",
    "RetireForm",
    "ShapeForm",
    "UploadForm",
    "WithdrawForm",
    "asked_period",
    "baseline_form",
    "cut_filled",
    "cut_form",
    "logged_segments",
    "need_data",
    "need_form",
    "period_form",
    "pool_form",
    "read_figures",
    "shape_form",
]
