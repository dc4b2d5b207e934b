"""Importing lists: once, twice, with faults; withdrawn by the list, withdrawn by a person."""

import hashlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.hashlists import ListEntry
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.hashlists import importing, overview
from tutela_node.hashlists.actions import import_list, withdraw_entry
from tutela_node.hashlists.errors import BadList
from tutela_node.hashlists.models import Entry, ListChange, ListImport
from tutela_node.hashlists.naming import find_or_make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_index")]


def digest(word):
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def live():
    rows = Entry.objects.filter(withdrawn_at=None)
    return {(row.key_lookup, row.algorithm, row.lookup, row.scheme, row.code) for row in rows}


def test_importing_twice_changes_nothing(take):
    rows = [f"{number},{digest(str(number))},,A1,ncmec," for number in range(900)]
    first = take(*rows)
    before, seqs = live(), set(Entry.objects.values_list("seq", flat=True))
    again = take(*rows)
    assert (first.read, first.added, again.added, again.withdrawn) == (900, 900, 0, 0)
    assert (live(), set(Entry.objects.values_list("seq", flat=True))) == (before, seqs)


def test_numbers_are_consecutive_and_never_shared(take):
    take(*[f"{number},{digest(str(number))},,,," for number in range(5)])
    take(f"9,{digest('9')},,,,", name="Another list")
    assert sorted(Entry.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert len(set(Entry.objects.values_list("seq", flat=True))) == 6


def test_a_bad_row_is_told_with_its_place_and_the_rest_is_taken(take):
    result = take(f"1,{digest('a')},,,,", "2,not a hash,,,,", f"3,{digest('c')},,,,")
    assert (result.read, result.added, result.problem_count) == (2, 2, 2)
    assert {problem["place"] for problem in result.problems} == {"line 3, md5", "line 3"}
    assert "not a hash" not in str(result.problems)


def test_a_deleted_entry_withdraws_every_fingerprint_of_its_key(take, known):
    take(f"1,{digest('a')},{'ab' * 20},,,", f"2,{digest('b')},,,,")
    assert known("a")
    result = take("1,,,,,yes")
    assert (result.withdrawn, known("a"), known("b")) == (2, False, True)


def test_a_later_entry_brings_a_deleted_one_back(take, known):
    take(f"1,{digest('a')},,,,")
    take("1,,,,,yes")
    assert take(f"1,{digest('a')},,,,").added == 1
    assert known("a")


def test_rows_count_in_the_order_of_the_file(take, known):
    take(f"1,{digest('a')},,,,", "1,,,,,yes", "2,,,,,yes", f"2,{digest('b')},,,,")
    assert (known("a"), known("b")) == (False, True)


def test_two_rows_of_one_entry_with_different_algorithms_are_both_kept(take):
    take(f"1,{digest('a')},,,,", f"1,,{'ab' * 20},,,")
    assert Entry.objects.filter(withdrawn_at=None).count() == 2


def test_what_a_person_withdrew_stays_withdrawn_until_its_value_changes(take, known, noor):
    take(f"1,{digest('a')},,,,")
    withdraw_entry(noor, number=1, reason="it is the test card of a broadcaster")
    assert take(f"1,{digest('a')},,,,").added == 0
    assert not known("a")
    assert take(f"1,{digest('b')},,,,").added == 1
    assert known("b")


def test_a_changed_scheme_is_a_change(take):
    take(f"1,{digest('a')},,A1,ncmec,")
    assert take(f"1,{digest('a')},,A1,other,").added == 1
    assert Entry.objects.get().scheme == "other"


def test_a_code_too_long_to_keep_is_told_and_left_out(take):
    result = take(f"1,{digest('a')},,{'x' * 21},ncmec,")
    assert (result.added, result.problem_count, Entry.objects.get().code) == (1, 1, "")


def test_the_columns_of_a_foreign_table_are_named(noor):
    stream = io.BytesIO(f"Number;Fingerprint\n7;{digest('a')}\n".encode())
    mapping = {"Number": "id", "Fingerprint": "md5"}
    result = import_list(noor, name="Foreign", format="semicolon", mapping=mapping, stream=stream, trusted=False)
    assert result.added == 1
    assert ListImport.objects.get().format == "semicolon"


def test_columns_are_refused_where_there_are_none(noor):
    with pytest.raises(Invalid) as caught:
        import_list(noor, name="X", format="native", mapping={"a": "md5"}, stream=io.BytesIO(b"{}"), trusted=False)
    assert caught.value.place == "mapping"


def test_a_file_that_is_no_list_changes_nothing(noor):
    stream = io.BytesIO(f"id,md5\n1,{digest('a')}\n".encode())
    with pytest.raises(BadList) as caught:
        import_list(noor, name="X", format="csv", mapping={"Nowhere": "md5"}, stream=stream, trusted=True)
    assert caught.value.place == "line 1"
    assert not Entry.objects.exists()
    assert not ListImport.objects.exists()


def test_a_file_that_ends_in_the_middle_is_a_problem_with_a_place(noor):
    cut = io.BytesIO(b'<?xml version="1.0"?><queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><im')
    result = import_list(noor, name="X", format="ncmec", mapping={}, stream=cut, trusted=True)
    assert (result.read, result.added) == (0, 0)
    assert result.problem_count > 0


def test_the_national_list_takes_no_import(noor):
    with pytest.raises(Invalid):
        import_list(noor, name=" national list ", format="", mapping={}, stream=io.BytesIO(b""), trusted=True)


def test_values_are_nowhere_in_clear(take):
    take(f"1,{digest('a')},,,,")
    row = Entry.objects.get()
    assert digest("a") not in (row.lookup, row.key_lookup)
    assert bytes.fromhex(digest("a")) not in bytes(row.value_sealed)
    assert digest("a").encode() not in bytes(row.value_sealed)


def test_who_may_not_import_or_withdraw_is_refused(mira, take):
    with pytest.raises(Forbidden):
        import_list(mira, name="X", format="", mapping={}, stream=io.BytesIO(b""), trusted=True)
    take(f"1,{digest('a')},,,,")
    with pytest.raises(Forbidden):
        withdraw_entry(mira, number=1, reason="a reason that is long enough")


def test_an_entry_that_is_not_there_cannot_be_withdrawn(noor):
    with pytest.raises(Missing):
        withdraw_entry(noor, number=77, reason="a reason that is long enough")


def test_imports_and_lists_can_be_read_and_reads_are_written_down(take, ada):
    made = take(f"1,{digest('a')},,,,", "2,,,,,yes", trusted=True)
    (found,) = overview.lists(ada)
    assert (found.name, found.live, found.withdrawn, found.is_trusted) == ("Far list", 1, 0, True)
    assert overview.read_import(ada, made.id).by == "Noor Haddad"
    assert PendingEvent.objects.count() == 1
    assert set(AuditRecord.objects.filter(is_read=True).values_list("verb", flat=True)) == {"lists.read", "import.read"}


words = st.sampled_from("abc")
entries = st.builds(
    ListEntry,
    id=st.sampled_from("12"),
    hashes=words.map(lambda word: (("md5", digest(word)),)),
    deleted=st.booleans(),
)


@given(rows=st.lists(entries, max_size=8), size=st.integers(1, 4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_how_a_file_is_cut_into_batches_does_not_matter(rows, size, noor):
    """What stands afterwards is what the rows say in their order, whatever the size of a batch."""
    ListChange.objects.all().delete()
    Entry.objects.all().delete()
    standing = []
    for name, held in (("whole", 400), ("cut", size)):
        target = find_or_make(name, now=clock.now())
        made = ListImport.objects.create(list=target, at=clock.now())
        for first in range(0, len(rows), held):
            importing.take_piece(made, rows[first : first + held], now=clock.now())
        left = Entry.objects.filter(list=target, withdrawn_at=None)
        standing.append(set(left.values_list("key_lookup", "lookup")))
    final = {row.id: row for row in rows}
    assert standing[0] == standing[1]
    assert len(standing[0]) == sum(not row.deleted for row in final.values())
