"""The words of administrators' pages."""

from postal.network.rules import Kind, Level

KIND_WORDS: dict[str, tuple[str, str]] = {
    Kind.POST_OFFICE: ("Bưu cục", "Post office"),
    Kind.HUB: ("Trung tâm khai thác", "Sorting hub"),
    Kind.CARRIER: ("Đơn vị vận chuyển", "Carrier"),
    Kind.DESK: ("Bộ phận Một cửa", "One-stop desk"),
    Kind.UNIT: ("Đơn vị chuyên môn", "Specialist unit"),
    Kind.AUTHORITY: ("Cơ quan giải quyết", "Authority"),
    Kind.MINISTRY: ("Bộ, ngành", "Ministry"),
}
LEVEL_WORDS: dict[str, tuple[str, str]] = {
    Level.CENTRAL: ("Trung ương", "Central"),
    Level.PROVINCE: ("Tỉnh, thành phố", "Province"),
    Level.COMMUNE: ("Xã, phường", "Commune"),
}
ACTION_WORDS: dict[str, tuple[str, str]] = {
    "applicant.read": ("Xem dữ liệu cá nhân của người nộp", "An applicant's data read"),
    "as inspector": ("Cán bộ kiểm soát xem", "Looked at by an inspector"),
    "assignment.added": ("Giao vai trò", "Role given"),
    "assignment.ended": ("Kết thúc vai trò", "Role ended"),
    "audit.read": ("Xem nhật ký truy cập", "Audit read"),
    "device.enrolled": ("Máy quét đăng ký xong", "Device enrolled"),
    "device.invited": ("Cấp mã đăng ký máy", "Device invited"),
    "device.registered": ("Thêm máy quét", "Device registered"),
    "device.revoked": ("Thu hồi máy quét", "Device revoked"),
    "file.erased": ("Xóa tệp", "File erased"),
    "file.read": ("Mở tệp", "File read"),
    "partner.created": ("Thêm phần mềm đối tác", "Partner registered"),
    "partner.changed": ("Sửa phần mềm đối tác", "Partner changed"),
    "partner.ended": ("Ngừng phần mềm đối tác", "Partner ended"),
    "partner.secret_rotated": ("Đổi khóa ký của đối tác", "Partner's secret made anew"),
    "inbox.replayed": ("Xử lý lại tin của đối tác", "Messages of a partner understood again"),
    "key.created": ("Tạo khóa truy cập", "Access key made"),
    "key.revoked": ("Thu hồi khóa truy cập", "Access key revoked"),
    "organisation.changed": ("Sửa đơn vị", "Organisation changed"),
    "organisation.closed": ("Kết thúc đơn vị", "Organisation ended"),
    "organisation.created": ("Thêm đơn vị", "Organisation added"),
    "password.changed": ("Đổi mật khẩu", "Password changed"),
    "person.registered": ("Thêm nhân viên", "Person registered"),
    "person.unlocked": ("Mở khóa đăng nhập", "Sign-in unlocked"),
    "pin.ended": ("Mã PIN ở quầy hết hiệu lực", "PIN for the counter ended"),
    "pin.set": ("Đặt mã PIN ở quầy", "PIN for the counter set"),
    "privacy.corrected": ("Cải chính dữ liệu cá nhân", "Personal data corrected"),
    "privacy.erased": ("Xóa dữ liệu cá nhân", "Personal data erased"),
    "privacy.exported": ("Cung cấp dữ liệu cá nhân", "Personal data given out"),
    "session.opened": ("Đăng nhập", "Signed in"),
}
"""Deeds of the audit log; one that is not named here is shown by its own name."""


def action_words(action: str) -> tuple[str, str]:
    """Say a deed in words."""
    return ACTION_WORDS.get(action) or ACTION_WORDS.get(action.partition(" ")[2]) or (action, action)
