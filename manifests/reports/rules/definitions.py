"""What each figure means: its formula in words, its text, and the measures that it is made of."""

from enum import StrEnum

from msgspec import Struct

from manifests.reports.rules.measures import MEASURES


class Form(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    RATE = "rate"
    MEAN = "mean"
    HOURS = "hours"
    MONEY = "money"
    POINTS = "points"


class Definition(Struct, frozen=True, kw_only=True):
    """One figure. `n` and `d` name measures whose dossiers can be listed; `citation` is empty for plain counts."""

    key: str
    form: Form
    name: tuple[str, str]
    formula: tuple[str, str]
    n: str | None = None
    d: str | None = None
    citation: str = ""
    full: str | None = None
    """The constant that says from how many per cent on an indicator has all its points; else from 100."""


class Missing(StrEnum):
    """Why there is no figure."""

    NOTHING = "nothing_counted"
    NO_DATA = "no_data_here"
    NOT_SYNCED = "nothing_synchronised"
    CHANNEL = "channel_unknown"
    NO_SCORES = "no_indicator_has_data"


REASONS: dict[str, tuple[str, str]] = {
    Missing.NOTHING: (
        "Không có hồ sơ nào để tính (mẫu số bằng 0)",
        "Nothing to count: the denominator is zero",
    ),
    Missing.NO_DATA: (
        "Hệ thống này không có dữ liệu của chỉ số",
        "This system has no data for the indicator",
    ),
    Missing.NOT_SYNCED: (
        "Chưa có kết nối: chưa hồ sơ nào được Cổng Dịch vụ công quốc gia xác nhận",
        "No connection: the national portal has acknowledged no dossier yet",
    ),
    Missing.NO_SCORES: ("Chưa chỉ số nào của nhóm có dữ liệu", "No indicator of the group has data"),
}

QD766 = "QĐ 766/QĐ-TTg (23/6/2022)"


def _rate(
    key: str,
    name: tuple[str, str],
    formula: tuple[str, str],
    n: str,
    d: str,
    citation: str = "",
    full: str | None = None,
) -> Definition:
    return Definition(
        key=key, form=Form.RATE, name=name, formula=formula, n=n, d=d, citation=citation, full=full
    )


def _unknown(key: str, name: tuple[str, str], full: str | None = None) -> Definition:
    formula = ("Không tính được từ dữ liệu của hệ thống này", "Cannot be computed from this system's data")
    return Definition(
        key=key, form=Form.RATE, name=name, formula=formula, citation=f"{QD766}, chỉ số {key}", full=full
    )


INDEX = (
    _rate(
        "1.4",
        (
            "Tỷ lệ hồ sơ đồng bộ lên Cổng Dịch vụ công quốc gia",
            "Dossiers synchronised to the national portal",
        ),
        ("hồ sơ được Cổng xác nhận ÷ hồ sơ phải giải quyết × 100 %", "acknowledged ÷ in settlement × 100 %"),
        "synchronised",
        "handled",
        f"{QD766}, chỉ số 1.4",
    ),
    _rate(
        "2.1",
        ("Tỷ lệ hồ sơ giải quyết đúng hạn", "Dossiers on time"),
        (
            "kết thúc ≤ ngày hẹn trả ÷ hồ sơ có hạn × 100 %; chưa xong: cuối kỳ; chờ bổ sung: lúc yêu cầu",
            "ended ≤ promised day ÷ with a limit × 100 %; unfinished: the period's end; awaiting papers: the request",
        ),
        "on_time",
        "judged",
        f"{QD766}, chỉ số 2.1",
    ),
    _unknown(
        "3.1", ("Tỷ lệ thủ tục có dịch vụ công trực tuyến", "Procedures offered online"), "online_capable"
    ),
    _rate(
        "3.3",
        ("Tỷ lệ hồ sơ tiếp nhận trực tuyến", "Dossiers received online"),
        ("hồ sơ trực tuyến ÷ hồ sơ tiếp nhận trong kỳ × 100 %", "online ÷ received in the period × 100 %"),
        "online",
        "received",
        f"{QD766}, chỉ số 3.3 (KenhThucHien = 2)",
        "online_channel",
    ),
    _rate(
        "3.3.post",
        ("Tỷ lệ hồ sơ tiếp nhận qua bưu chính công ích", "Dossiers received over the public post"),
        (
            "hồ sơ qua bưu chính ÷ hồ sơ tiếp nhận trong kỳ × 100 %",
            "by post ÷ received in the period × 100 %",
        ),
        "by_post",
        "received",
        f"{QD766}, chỉ số 3.3 (KenhThucHien = 3)",
    ),
    _rate(
        "3.6",
        ("Tỷ lệ hồ sơ thanh toán trực tuyến", "Dossiers paid online"),
        (
            "hồ sơ có thanh toán trực tuyến ÷ hồ sơ có thanh toán × 100 %",
            "paid online ÷ with a payment × 100 %",
        ),
        "paid_online",
        "paid",
        f"{QD766}, chỉ số 3.6",
    ),
    _rate(
        "4.1",
        ("Tỷ lệ hồ sơ cấp kết quả điện tử", "Dossiers with an electronic result"),
        ("hồ sơ có tệp kết quả ÷ hồ sơ đã có kết quả × 100 %", "with a result file ÷ completed × 100 %"),
        "result_file",
        "completed",
        f"{QD766}, chỉ số 4.1",
    ),
    _rate(
        "4.2",
        ("Tỷ lệ hồ sơ số hóa", "Dossiers digitised"),
        (
            "hồ sơ có tệp thành phần hồ sơ và tệp kết quả ÷ hồ sơ đã có kết quả × 100 %",
            "with files of the papers and of the result ÷ completed × 100 %",
        ),
        "digitised",
        "completed",
        f"{QD766}, chỉ số 4.2",
        "digitised",
    ),
    _unknown("4.3", ("Tỷ lệ khai thác, sử dụng lại dữ liệu số hóa", "Reuse of digitised data"), "reuse"),
    Definition(
        key="5.2",
        form=Form.RATE,
        name=("Tỷ lệ xử lý phản ánh, kiến nghị đúng hạn", "Petitions handled in time"),
        formula=(
            "xử lý đúng hạn (2, 5, 15, 2 ngày làm việc) ÷ đã xử lý trong kỳ hoặc đã quá hạn × 100 %",
            "in time (2, 5, 15, 2 working days) ÷ handled in the period or overdue × 100 %",
        ),
        citation=f"{QD766}, chỉ số 5.2",
    ),
    Definition(
        key="5.4",
        form=Form.RATE,
        name=("Mức độ hài lòng", "Satisfaction"),
        formula=(
            "100 % − (tỷ lệ hồ sơ quá hạn + tỷ lệ hồ sơ có phản ánh, kiến nghị hoặc không hài lòng)",
            "100 % − (overdue % + % of dossiers with a petition or dislike)",
        ),
        n="complained",
        d="handled",
        citation=f"{QD766}, chỉ số 5.4",
        full="satisfaction",
    ),
)

GROUPS: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "transparency": (("Công khai, minh bạch", "Transparency"), ("1.4",)),
    "progress": (("Tiến độ giải quyết", "Progress of settlement"), ("2.1",)),
    "digitisation": (("Số hóa hồ sơ", "Digitisation"), ("4.1", "4.2", "4.3")),
    "online": (("Cung cấp dịch vụ trực tuyến", "Online services"), ("3.1", "3.3", "3.6")),
    "satisfaction": (("Mức độ hài lòng", "Satisfaction"), ("5.2", "5.4")),
}
"""The five groups and their indicators. How points are shared inside a group was not found: evenly, as configured."""


def _counts(*measures: str) -> tuple[Definition, ...]:
    formula = ("đếm hồ sơ", "a count of dossiers")
    return tuple(
        Definition(key=one, form=Form.COUNT, name=MEASURES[one], formula=formula, n=one) for one in measures
    )


SETTLEMENT = (
    *_counts(
        "handled",
        "received",
        "carried",
        "done",
        "done_on_time",
        "done_late",
        "open",
        "open_on_time",
        "open_late",
        "undecided",
    ),
    INDEX[1],
    INDEX[4],
    *_counts("supplemented", "supplemented_again", "apologised", "unapologised", "complained"),
    _rate(
        "satisfied_rate",
        ("Tỷ lệ đánh giá hài lòng", "Rated satisfied"),
        ("đánh giá hài lòng ÷ hồ sơ có đánh giá × 100 %", "satisfied ÷ rated × 100 %"),
        "satisfied",
        "rated",
    ),
)

TT17 = "TT 17/2017/TT-BTTTT Điều 13"
VOLUMES = (
    *_counts("accepted", "handed_over"),
    _rate(
        "handed_over_rate",
        ("Tỷ lệ hồ sơ giao đúng thời gian toàn trình", "Dossiers within the transit limit"),
        ("giao trong J+n ÷ đã giao × 100 %", "within J+n ÷ handed over × 100 %"),
        "handed_over_on_time",
        "handed_over_judged",
        "TT 17/2017/TT-BTTTT Điều 7",
    ),
    *_counts("taken_home", "delivered"),
    _rate(
        "delivered_rate",
        ("Tỷ lệ kết quả phát đúng thời gian toàn trình", "Results within the transit limit"),
        ("phát trong J+n ÷ đã phát × 100 %", "within J+n ÷ delivered × 100 %"),
        "delivered_on_time",
        "delivered_judged",
        "TT 17/2017/TT-BTTTT Điều 7",
    ),
)


def _sum(key: str, form: Form, vi: str, en: str, how: tuple[str, str]) -> Definition:
    return Definition(key=key, form=form, name=(vi, en), formula=how, citation=TT17)


AFFAIRS = (
    _sum(
        "revenue",
        Form.MONEY,
        "Doanh thu cước",
        "Revenue",
        ("cước đã thu − đã hoàn", "fares taken − given back"),
    ),
    _sum("claims", Form.COUNT, "Khiếu nại", "Claims", ("khiếu nại nhận trong kỳ", "lodged in the period")),
    _sum(
        "claims_answered",
        Form.COUNT,
        "Đã trả lời",
        "Answered",
        ("đã trả lời đến cuối kỳ", "answered by its end"),
    ),
    _sum(
        "claims_late",
        Form.COUNT,
        "Trả lời quá hạn",
        "Answered late",
        ("sau hạn trả lời", "after the limit, or open"),
    ),
    _sum(
        "claims_granted",
        Form.COUNT,
        "Chấp nhận",
        "Granted",
        ("chấp nhận toàn bộ hoặc một phần", "wholly or in part"),
    ),
    _sum(
        "lost",
        Form.COUNT,
        "Bưu gửi mất",
        "Pieces lost",
        ("sự cố mở trong kỳ", "incidents opened in the period"),
    ),
    _sum(
        "damaged",
        Form.COUNT,
        "Bưu gửi hư hỏng",
        "Damaged",
        ("sự cố mở trong kỳ", "incidents opened in the period"),
    ),
    _sum(
        "compensated",
        Form.COUNT,
        "Số vụ bồi thường",
        "Compensations",
        ("đã chi trong kỳ", "paid in the period"),
    ),
    _sum(
        "compensation",
        Form.MONEY,
        "Giá trị bồi thường",
        "Value of compensation",
        ("đã chi trong kỳ", "paid in the period"),
    ),
    _sum(
        "safety",
        Form.RATE,
        "Mức độ an toàn",
        "Safety",
        (
            "100 % − (mất, hư hỏng ÷ hồ sơ nhận gửi và kết quả nhận chuyển trả)",
            "100 % − (lost and damaged ÷ dossiers accepted and results collected)",
        ),
    ),
)

MEAN_TIME = Definition(
    key="2.2",
    form=Form.MEAN,
    name=("Thời gian giải quyết trung bình", "Average time of settlement"),
    formula=(
        "thời gian giải quyết trừ chờ ÷ hồ sơ đã giải quyết, theo đơn vị của thủ tục (1 ngày làm việc = 8 giờ)",
        "time of settlement less waits ÷ settled, in the procedure's own unit (a working day = 8 hours)",
    ),
    citation=f"{QD766}, chỉ số 2.2",
)

SPANS = (
    *(
        Definition(
            key=key,
            form=form,
            name=name,
            formula=("đồng hồ kết thúc trong kỳ", "clocks that ended in the period"),
        )
        for key, form, name in (
            ("n", Form.COUNT, ("Số lượt", "Number")),
            ("p50", Form.HOURS, ("Trung vị, giờ", "Median, hours")),
            ("p90", Form.HOURS, ("Phân vị 90, giờ", "90th percentile, hours")),
        )
    ),
)

POINTS = tuple(
    Definition(key=key, form=Form.POINTS, name=name, formula=formula, citation=QD766)
    for key, name, formula in (
        ("weight", ("Điểm tối đa", "Weight"), ("trọng số của nhóm", "weight of the group")),
        (
            "points",
            ("Điểm theo dữ liệu hiện có", "Points by the data at hand"),
            (
                "trọng số × trung bình mức đạt của các chỉ số có dữ liệu; cách chia trong nhóm do hệ thống cấu hình",
                "weight × mean share reached by the indicators that have data; sharing within a group is configured",
            ),
        ),
    )
)

DEFINITIONS: dict[str, Definition] = {
    each.key: each for each in (*INDEX, *SETTLEMENT, *VOLUMES, *AFFAIRS, MEAN_TIME, *SPANS, *POINTS)
}
