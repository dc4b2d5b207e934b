"""The stories between people: referred to the police, asked and replied, written down, held and released."""

from datetime import timedelta

import pytest

from tutela.sealing import open_with, seal_to
from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord
from tutela_node.intake import channel, channel_actions, conversations, entries, entry_actions, queries, referrals
from tutela_node.intake.errors import Taken
from tutela_node.intake.models import Referral, Report
from tutela_node.intake.referral_actions import take_referral
from tutela_node.intake.rules import ANSWER_INFO, REPLY_INFO, Channel, Form, Sheet, read_told
from tutela_node.journeys import flood_sorted, public_dropped, referral_answered, report_entered
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.review.models import QueueEntry

pytestmark = pytest.mark.django_db


def told_in_words(run_due, *, happening="extortion", **more):
    reporter = Reporter().say(Sheet(words="a few words", form=Form.OWN, happening=happening, **more))
    run_due()
    return reporter


@pytest.mark.parametrize("happening", ["grooming", "extortion", "threat", "abuse"])
def test_words_that_the_profile_refers_go_to_the_police_and_not_to_review(run_due, pavel, happening):
    reporter = told_in_words(run_due, happening=happening)
    assert not QueueEntry.objects.exists()
    (line,) = referrals.referral_queue(pavel)
    assert (line.report, line.happening, line.state) == (reporter.report().id, happening, "new")
    assert reporter.told() == ["received", "checking"]


def test_words_that_are_not_referred_go_to_review(run_due, national):
    national('[referral]\nkinds = ["grooming"]')
    told_in_words(run_due, happening="threat")
    assert not Referral.objects.exists()
    assert QueueEntry.objects.get().bucket == "text"


def test_police_take_and_answer_and_the_reporter_is_told(run_due, pavel, mira):
    report = (reporter := told_in_words(run_due)).report().id
    with pytest.raises(Taken):
        referral_answered.answer(pavel, report=report, outcome="acted", note="")
    take_referral(pavel, report=report)
    with pytest.raises(Taken):
        take_referral(pavel, report=report)
    with pytest.raises(Invalid):
        referral_answered.answer(pavel, report=report, outcome="received", note="")
    referral_answered.answer(pavel, report=report, outcome="acted", note="the account is known")
    found = referrals.referral(mira, report)
    assert (found.line.state, found.note) == ("answered", "the account is known")
    assert reporter.told() == ["received", "checking", "acted"]
    assert AuditRecord.objects.filter(verb="referral.read", subject=report).count() == 1


@pytest.mark.parametrize("name", ["ada", "olga", "harbour"])
def test_others_read_no_referral(run_due, request, name):
    report = told_in_words(run_due).report().id
    with pytest.raises(Forbidden):
        referrals.referral(request.getfixturevalue(name), report)
    with pytest.raises(Forbidden):
        take_referral(request.getfixturevalue("mira"), report=report)


def test_a_reply_finds_its_report_also_when_it_comes_first(run_due, mira):
    reporter = Reporter(proof=0).say(Sheet(words="a few words"))
    sealed = seal_to(
        keys.intake_public(), channel.write_reply("it goes on"), info=REPLY_INFO + reporter.locator.encode()
    )
    public_dropped.public_reply(step="0" * 32, locator=reporter.locator, sealed=sealed)
    run_due()
    assert not Report.objects.exists()  # the slower lane
    for seconds in (6, 20):
        with clock.standing_at(clock.now() + timedelta(seconds=seconds)):
            run_due()
    (said,) = conversations.conversation(mira, reporter.report().id)
    assert said.text == "it goes on"


def test_what_brings_no_work_is_opened_after_everything_else(run_due):
    slow, quick = Reporter(proof=0).tell(words="slow words here"), Reporter().tell(words="quick words here")
    with clock.standing_at(clock.now() + timedelta(seconds=10)):
        from tutela_node.journeys.steps import beat, sweep

        beat()
        sweep(limit=1)
        assert Report.objects.filter(draft=quick.draft).exists()
        run_due()
    assert Report.objects.filter(draft=slow.draft).exists()


def test_what_a_flood_brought_waits_and_goes_its_way_when_a_person_says_so(run_due, mira, national):
    national("[floods]\nper_hour = 1\nslow_seconds = 0")
    first, second, third = (Reporter(proof=0).tell(words=f"words of number {n}") for n in range(3))
    run_due()
    assert QueueEntry.objects.count() == 1
    assert [each.told() for each in (first, second)] == [["received", "checking"]] * 2
    assert flood_sorted.release(mira, reports=[second.report().id]) == 1
    assert QueueEntry.objects.filter(item=second.report().id).exists()
    assert flood_sorted.discard(mira, reports=[third.report().id, second.report().id]) == 1
    run_due()
    assert third.told() == ["received", "checking", "closed_no_action"]
    assert second.told() == ["received", "checking"]


def test_who_may_not_sort_does_not(run_due, pavel, ada):
    report = told_in_words(run_due).report().id
    for actor in (pavel, ada):
        with pytest.raises(Forbidden):
            flood_sorted.release(actor, reports=[report])


def test_an_operator_writes_down_what_a_caller_says_and_reads_the_code_out(world, run_due, mira):
    entry = entry_actions.begin_entry(mira)
    entry_actions.save_entry(mira, entry=entry, answers={"words": "half a sen"})
    assert entries.entry(mira, entry).answers == {"words": "half a sen"}
    sheet = Sheet(urls=(world.show(1),), words="a caller found it")
    made = report_entered.enter(mira, entry=entry, channel=Channel.PHONE, sheet=sheet)
    run_due()
    found = queries.report(mira, made.report)
    assert (found.channel, len(found.items), found.has_code) == ("phone", 1, True)
    assert [str(each.sentence) for each in found.answers] == ["received", "checking"]
    assert len(made.code.replace("-", "")) == 20
    assert made.code.replace("-", "") not in str(Report.objects.filter(id=made.report).values().get())
    assert not entries.entries(mira)


def test_the_code_of_a_caller_opens_the_same_mailbox(run_due, mira):
    from tutela.sealing import mailbox_from_code
    from tutela_node.intake.mailboxes import salt

    entry = entry_actions.begin_entry(mira)
    made = report_entered.enter(mira, entry=entry, channel=Channel.PAPER, sheet=Sheet(words="a letter came"))
    private, _ = mailbox_from_code(made.code, salt())
    locator = Report.objects.get(id=made.report).locator
    (sealed,) = queries.answers(locator, clock.now())
    assert read_told(open_with(private, sealed, info=ANSWER_INFO)).sentence == "received"


def test_nobody_sees_what_a_colleague_is_writing(mira, timo, pavel):
    entry = entry_actions.begin_entry(mira)
    for act in (entries.entry, lambda actor, id: entry_actions.drop_entry(actor, entry=id)):
        with pytest.raises(Missing):
            act(timo, entry)
    with pytest.raises(Forbidden):
        entry_actions.begin_entry(pavel)


@pytest.mark.parametrize(
    ("channel", "sheet"),
    [(Channel.PUBLIC, Sheet(words="x")), (Channel.XARF, Sheet(words="x")), (Channel.PHONE, Sheet())],
)
def test_what_cannot_be_entered_is_refused_and_kept(mira, channel, sheet):
    entry = entry_actions.begin_entry(mira)
    entry_actions.save_entry(mira, entry=entry, answers={"words": "x"})
    with pytest.raises(Invalid):
        report_entered.enter(mira, entry=entry, channel=channel, sheet=sheet)
    assert entries.entry(mira, entry).answers == {"words": "x"}


def test_no_step_of_these_stories_fails(run_due, mira, pavel):
    report = (reporter := told_in_words(run_due)).report().id
    channel_actions.ask(mira, report=report, text="On which day?")
    sealed = seal_to(keys.intake_public(), b"{}", info=REPLY_INFO + reporter.locator.encode())
    public_dropped.public_reply(step="1" * 32, locator=reporter.locator, sealed=sealed)
    run_due()
    assert not Step.objects.filter(state="failed").exists()
    assert [each.text for each in conversations.conversation(mira, report)] == ["On which day?", ""]
