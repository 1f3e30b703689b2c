"""Who pays for carrying the papers home; edge case 16 of the domain's list."""

from datetime import date
from types import SimpleNamespace

import pytest

from postal.law.rules import Constant, Constants, Status
from shipments.dossiers.rules import CaseKind, ServiceMode
from shipments.fees.rules import Payer, second_leg
from shipments.fees.rules.legs import AGAIN, AGENCY_FAULTS, CHOSEN, OTHERWISE, POST_FAULTS


def law(**other):
    values = {
        CHOSEN: "applicant",
        AGENCY_FAULTS: [AGAIN, "OUT_OF_TIME"],
        POST_FAULTS: ["NOT_COMPETENT"],
        OTHERWISE: "applicant",
    } | other
    return Constants(
        {
            name: Constant(
                name=name,
                value=value,
                valid_from=date(2016, 12, 16),
                valid_to=None,
                citation="QĐ 45/2016/QĐ-TTg Đ12",
                status=Status.FOUND if name == CHOSEN else Status.CONFIGURED,
            )
            for name, value in values.items()
            if value is not None
        }
    )


def leg(reason=None, mode=ServiceMode.BOTH, supplements=0, constants=None):
    dossier = SimpleNamespace(service_mode=mode, supplements=supplements)
    rejected = SimpleNamespace(kind=CaseKind.REJECTED, body={"reason": reason})
    received = SimpleNamespace(kind=CaseKind.RECEIVED, body={})
    return second_leg(dossier, [received, rejected] if reason else [received], constants or law())


@pytest.mark.parametrize(
    ("reason", "mode", "supplements", "payer"),
    [
        ("NOT_COMPETENT", ServiceMode.BOTH, 0, Payer.POST),
        ("OUT_OF_TIME", ServiceMode.BOTH, 0, Payer.AGENCY),
        ("NOT_ELIGIBLE", ServiceMode.BOTH, 0, Payer.APPLICANT),
        ("NOT_ELIGIBLE", ServiceMode.SUBMIT, 1, Payer.APPLICANT),
        ("NOT_ELIGIBLE", ServiceMode.BOTH, 2, Payer.AGENCY),
    ],
)
def test_edge_case_16_what_the_desk_turned_down_goes_home_at_the_cost_of_whose_fault_it_is(
    reason, mode, supplements, payer
):
    found = leg(reason, mode, supplements)
    assert (found.payer, found.rejected) == (payer, True)
    assert found.status is Status.CONFIGURED, "no text says which reason is whose fault"
    assert found.citation.startswith("QĐ 45/2016")


def test_edge_case_16_a_result_goes_home_at_the_cost_of_who_chose_the_post():
    found = leg()
    assert (found.payer, found.rejected, found.status) == (Payer.APPLICANT, False, Status.FOUND)
    assert leg(mode=ServiceMode.SUBMIT) is None, "no way home was asked for"


def test_where_nothing_was_in_force_nobody_is_named():
    assert leg("NOT_ELIGIBLE", constants=law(**{OTHERWISE: None})) is None
    assert leg(constants=law(**{CHOSEN: None})) is None
