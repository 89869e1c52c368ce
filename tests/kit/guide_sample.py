"""What the style guide shows: sample data for every component."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.http import QueryDict  # noqa: TID251 - a list is read from one

from noroshi.core.domain.tlp import TLP
from noroshi.kit import charts, icons
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, Listing, ListSpec, TextFilter, read_list

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TITLES = (
    "地方銀行を騙るフィッシングサイトの急増について",
    "VPN 機器への不正な認証試行（パスワードスプレー）",
    "ランサムウェアの初期侵入に使われた IP アドレス一覧",
    "法人口座を狙う不正送金マルウェアの新しい手口",
    "Credential stuffing against the retail web bank",
)
DAYS = [f"11/{day:02}" for day in range(1, 22)]


class SignalForm(forms.Form):
    title = forms.CharField(label="件名", help_text="読み手が一覧で最初に見る文です。40 字以内が目安です。")
    kind = forms.ChoiceField(label="種別", choices=[("phishing", "フィッシング"), ("malware", "マルウェア")])
    body = forms.CharField(label="本文", widget=forms.Textarea, required=False)
    levels = forms.ChoiceField(label="TLP", choices=[("RED", "RED"), ("GREEN", "GREEN")], widget=forms.RadioSelect)
    anonymous = forms.BooleanField(label="他の会員に匿名で共有する", help_text="事務局の限られた担当者には見えます。")


SPEC = ListSpec(
    name="signals",
    columns=(
        Column("number", "番号", lambda row: f"S-2026-{row.pk % 10000:04}", sort="pk", style="tight mono"),
        Column("title", "件名", lambda row: TITLES[row.pk % 5], sort="name", style="wide"),
        Column("tlp", "TLP", lambda row: list(TLP)[row.pk % 5], cell="kit/cells/tlp.html", style="tight"),
        Column("hits", "一致", lambda row: row.pk * 37 % 5000, style="end"),
        Column(
            "shared", "共有日時", lambda row: NOW.replace(hour=row.pk % 3), cell="kit/cells/when.html", style="tight"
        ),
    ),
    filters=(
        TextFilter("q", "件名", ("name",)),
        ChoiceFilter("tlp", "TLP", [(level.value, level.label) for level in TLP], lambda rows, _value: rows),
        DateFilter("since", "この日以降", "pk__gte"),
    ),
    default_sort="-number",
    export_queryset=lambda _actor: Group.objects.all(),
)


def sample_list(query: str = "") -> Listing:
    return read_list(SPEC, QueryDict(query), Group.objects.all())


def guide_context(listing: Listing) -> dict[str, Any]:
    wave = [(17 * place * place) % 41 for place in range(len(DAYS))]
    own, customers = charts.Series("自社システム", wave), charts.Series("顧客", [value // 2 + 3 for value in wave])
    chart = charts.Chart("日ごとの一致件数", DAYS, (own, customers), unit="件")
    return {
        "listing": listing,
        "levels": list(TLP),
        "moment": NOW,
        "icons": sorted(icons.SHAPES),
        "form": SignalForm({"title": "", "kind": "malware"}),
        "spark": charts.sparkline(chart),
        "bars": charts.bar_chart(chart),
        "lines": charts.line_chart(chart),
        "heat": charts.heat_map(
            charts.HeatMap(
                "会員別・日別の一致件数",
                ("あおば銀行", "みずたま信用金庫", "Hokuto Securities"),
                DAYS,
                [[(place * 7 + row * 5) % 9 for place in range(len(DAYS))] for row in range(3)],
            )
        ),
        "text": "# 概要\n\n**11 月 20 日**以降、次のアドレスから認証試行を確認しました。\n\n"
        "- `203.0.113.7` : 1,284 件\n- hxxps://login[.]example[.]test/ja\n\n"
        "| 会員 | 件数 |\n|---|---|\n| A 行 | 12 |\n| B 行 | 3 |\n\n> 遮断後は観測されていません。\n\n"
        "## 対応\n\n1. 遮断リストに追加\n2. [手順書](https://example.test/guide) を確認",
        "navigation": [
            {"url": "/", "label": "ホーム", "icon": "home", "current": True},
            {"url": "/signals/", "label": "共有情報", "icon": "signal", "badge": 3},
            {"url": "/hunting/", "label": "遡及調査", "icon": "hunt"},
            {"url": "/cases/", "label": "事案", "icon": "shield"},
            {"url": "/inbox/", "label": "受信箱", "icon": "inbox", "badge": 12},
            {"url": "/members/", "label": "会員", "icon": "organisation"},
            {"url": "/audit/", "label": "監査記録", "icon": "history"},
        ],
        "account": {
            "name": "佐藤 花子",
            "organisation": "あおば銀行",
            "links": [{"url": "/account/", "label": "アカウント設定", "icon": "settings"}],
            "sign_out_url": "/account/logout/",
            "keys_url": "/members/profile/",
        },
        "search_url": "/search/",
        "demo_mode": True,
        "world": "real",
    }
