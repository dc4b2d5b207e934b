"""The feedback report of the cases is read whole."""

from tutela.wire import arf


def test_the_sample_is_read(cases):
    found = arf.read((cases / "arf" / "synthetic_feedback_report.eml").read_bytes())
    assert found.findings == ()
    assert found.addresses == ("https://host.example/item/1",)
    assert (found.feedback_type, found.source_ip) == ("abuse", "192.0.2.1")
