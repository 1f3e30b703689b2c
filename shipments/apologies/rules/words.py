"""What a letter says until its specialist says it better. No name belongs in it: the print adds whom it addresses."""

OPEN_VI = (
    "{agency} chân thành xin lỗi Ông/Bà (tổ chức) vì chưa giải quyết xong hồ sơ đúng thời gian đã hẹn. Chúng tôi sẽ "
    "khẩn trương giải quyết và trả kết quả chậm nhất vào ngày hẹn mới dưới đây."
)
OPEN_EN = (
    "{agency} sincerely apologises: your dossier could not be finished by the time that was promised. We shall "
    "hasten it and hand out the result no later than on the new date stated here."
)
ENDED_VI = (
    "{agency} chân thành xin lỗi Ông/Bà (tổ chức) vì hồ sơ đã được giải quyết chậm so với thời gian đã hẹn. "
    "Chúng tôi đã rút kinh nghiệm để việc này không lặp lại."
)
ENDED_EN = (
    "{agency} sincerely apologises: your dossier was finished later than promised. We have drawn the consequences "
    "so that it does not happen again."
)


def plain_text(agency: str, *, ended: bool) -> tuple[str, str]:
    """Give the body of a letter in Vietnamese and in English; of one with a new date, or after the case has ended."""
    vi, en = (ENDED_VI, ENDED_EN) if ended else (OPEN_VI, OPEN_EN)
    return vi.replace("{agency}", agency), en.replace("{agency}", agency)
