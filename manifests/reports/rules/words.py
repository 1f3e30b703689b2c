"""How reports name their tables, groups and units, in Vietnamese and English."""

from manifests.reports.rules.obligations import Standing

TABLES: dict[str, tuple[str, str]] = {
    "points": ("Điểm theo nhóm chỉ số", "Points by group of indicators"),
    "indicators": (
        "Chỉ số của toàn đơn vị, từng cơ quan, từng xã",
        "Indicators: the whole, each agency, each commune",
    ),
    "times": (
        "Thời gian giải quyết trung bình theo thủ tục (2.2)",
        "Average time of settlement by procedure (2.2)",
    ),
    "settlement": ("Tình hình giải quyết theo đơn vị", "Settlement by unit"),
    "procedures": ("Tình hình giải quyết theo thủ tục", "Settlement by procedure"),
    "spans": ("Thời gian đi đâu", "Where the time goes"),
    "volumes": ("Sản lượng theo bưu cục", "Volumes by post office"),
    "carried_procedures": ("Sản lượng theo thủ tục", "Volumes by procedure"),
    "affairs": (
        "Doanh thu, khiếu nại, mất và hư hỏng, bồi thường, an toàn",
        "Revenue, claims, losses and damage, compensation, safety",
    ),
}

CLOCKS: dict[str, tuple[str, str]] = {
    "C1": ("Bưu điện chuyển đến cơ quan", "Carried to the agency"),
    "C2": ("Kiểm tra tại Bộ phận Một cửa (giờ làm việc)", "Checked at the desk (working hours)"),
    "C3": ("Giải quyết (giờ làm việc)", "Settlement (working hours)"),
    "C4": ("Từng bước, từng đơn vị (giờ làm việc)", "Each step of each unit (working hours)"),
    "C5": ("Kết quả chờ bưu điện nhận", "Result waiting for the post"),
    "C6": ("Bưu điện chuyển trả", "Carried home"),
    "C7": ("Từ tay người dân đến tay người dân", "From hand to hand"),
}

UNITS: dict[str, tuple[str, str]] = {
    "gio": ("giờ", "hours"),
    "gio_lam_viec": ("giờ làm việc", "working hours"),
    "ngay": ("ngày", "days"),
    "ngay_lam_viec": ("ngày làm việc", "working days"),
    "thang": ("tháng (30 ngày)", "months (of 30 days)"),
}

WHOLE = ("Toàn bộ", "The whole")
NO_UNIT = ("Chưa gắn đơn vị hành chính", "Without an administrative unit")
NO_OFFICE = ("Không qua bưu cục", "Without a post office")

SORTS: dict[str, tuple[str, str]] = {
    "all": WHOLE,
    "authority": ("Cơ quan", "Agency"),
    "desk": ("Bộ phận Một cửa", "Desk"),
    "commune": ("Xã, phường", "Commune"),
    "office": ("Bưu cục", "Post office"),
    "procedure": ("Thủ tục", "Procedure"),
    "version": ("Thủ tục", "Procedure"),
    "clock": ("Chặng", "Span"),
    "group": ("Nhóm", "Group"),
}

STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.AHEAD: ("Chưa đến hạn", "Not due yet"),
    Standing.DUE: ("Sắp đến hạn", "Due soon"),
    Standing.LATE: ("Quá hạn", "Late"),
    Standing.DONE: ("Đã công bố đúng hạn", "Published in time"),
    Standing.DONE_LATE: ("Đã công bố muộn", "Published late"),
}
