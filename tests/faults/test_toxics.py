"""What is heard otherwise is heard so however it is divided into reads."""

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.toxics import Rewrite, rewritten

TOXICS = (Rewrite(b"station", b"statio1"), Rewrite(b"0123", b"9999"))
READS = st.lists(
    st.sampled_from([b"s", b"sta", b"tion", b"station", b"n", b"01", b"23", b" ", b"\n"]), max_size=12
)


@given(READS)
def test_a_text_divided_by_reads_is_rewritten_as_a_whole_one(reads):
    heard = begun = b""
    for data in reads:
        goes, begun = rewritten(begun + data, TOXICS)
        heard += goes
    said = b"".join(reads)
    assert heard + begun == said.replace(b"station", b"statio1").replace(b"0123", b"9999")
    assert len(begun) < len(b"station")
