import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.style import LONGEST, MOST, Habit, Trace, traces


@pytest.mark.parametrize(
    ("text", "habit", "example"),
    [
        ("当行のサーバーに届きました。", Habit.OWN_ORGANISATION, "当行"),
        ("弊社のお客様から連絡がありました。", Habit.OWN_ORGANISATION, "弊社"),
        ("当金庫でも受信した。", Habit.OWN_ORGANISATION, "当金庫"),
        ("It reached our bank on Monday.", Habit.OWN_ORGANISATION, "our bank"),
        ("いつもお世話になっております。\n攻撃を受けた。", Habit.GREETING, "いつもお世話になっております。"),
        ("攻撃を受けた。\n何卒よろしくお願いいたします。", Habit.GREETING, "何卒よろしくお願いいたします"),
        ("山田様\n攻撃を受けた。", Habit.GREETING, "山田様"),
        ("みやこ銀行の佐藤です。攻撃を受けた。", Habit.GREETING, "みやこ銀行の佐藤です"),
        ("Dear colleagues,\nwe saw it.", Habit.GREETING, "Dear colleagues,"),
        ("We saw it.\nKind regards,", Habit.GREETING, "Kind regards,"),
        ("攻撃を受けた。\n文責：佐藤", Habit.SIGNATURE, "文責：佐藤"),
        ("攻撃を受けた。\nシステム部 佐藤花子", Habit.SIGNATURE, "システム部 佐藤花子"),
        ("We saw it.\n-- \nHanako", Habit.SIGNATURE, "--"),
        ("連絡は内線 2345 まで", Habit.CONTACT, "内線 2345"),
        ("問い合わせ 03-1234-5678", Habit.CONTACT, "03-1234-5678"),
        ("起票番号：AB-77 で管理", Habit.INTERNAL_NUMBER, "起票番号：AB-77"),
        ("tracked as INC0012345", Habit.INTERNAL_NUMBER, "INC0012345"),
        ("■ 概要", Habit.HOUSE_MARK, "■"),
        ("【至急】攻撃を受けた", Habit.HOUSE_MARK, "【至急】"),
        ("急いでください！！", Habit.PUNCTUATION, "！！"),
        ("困りました・・・", Habit.PUNCTUATION, "・・・"),
        ("We saw it :-) again", Habit.PUNCTUATION, ":-)"),
        ("ﾌｨｯｼﾝｸﾞが届いた", Habit.WIDTH, "ﾌｨｯｼﾝｸﾞ"),
        ("攻撃を受けた，すぐに止めた．", Habit.WIDTH, "，"),
        ("ＳＭＳが届いた", Habit.WIDTH, "ＳＭＳ"),
    ],
)
def test_traces_when_a_habit_shows_then_it_is_named_with_its_words(text, habit, example):
    assert {trace.habit: trace.examples[0] for trace in traces(text)}.get(habit) == example


@pytest.mark.parametrize(
    "text",
    [
        "",
        "攻撃元は45.155.205.66、誘導先は hxxp://evil-bank[.]com/login。同種の事象が3件あった。",
        "原因は設定の誤りです。お客様への影響はない。9時45分に止めた。",
        "The mail came from 45.155.205.66; the page asked for a one-time password. We blocked it at 09:45.",
        "被害者\nお客様\nの口座から送金された。",
    ],
)
def test_traces_when_the_words_are_plain_then_there_are_none(text):
    assert traces(text) == ()


def test_traces_when_a_habit_shows_often_then_a_few_examples_stand_for_it():
    text = "\n".join(f"【{number}】本文" for number in range(20))
    assert traces(text) == (Trace(Habit.HOUSE_MARK, tuple(f"【{number}】" for number in range(MOST))),)


@given(st.text(alphabet="当行弊社様さん のです。、！？!?・【】■-=—:;()）（０１ＡＢｱｲ\n aDHi09部課", max_size=400))
def test_traces_when_the_text_is_anything_then_the_examples_are_short_and_few(text):
    for trace in traces(text):
        assert 0 < len(trace.examples) <= MOST
        assert all(0 < len(example) <= LONGEST for example in trace.examples)
