"""What a new installation begins with: four categories and two templates."""

CATEGORIES = (
    ("ALERT", "注意喚起・重要なお知らせ", "Alerts and other important news"),
    ("VULN", "脆弱性情報", "Vulnerabilities"),
    ("NEWS", "金融セキュリティニュース", "Financial security news"),
    ("GUIDE", "金融セキュリティ解説", "Financial security explained"),
)

CHECKLIST = (
    ("一次情報を確認し、出典を記載した", "The primary source was read and is cited"),
    ("TLPと共有範囲が出典の条件に合っている", "Marking and audience fit what the sources allow"),
    ("影響を受ける製品・バージョンを出典どおりに記載した", "Affected products and versions are as the source has them"),
    ("会員が今日すべきことと期限が書かれている", "It says what members do today, and by when"),
    ("会員・顧客・取引先の名前が含まれていない", "It names no member, customer or counterparty"),
)

TEMPLATES = (
    (
        "ALERT",
        "注意喚起",
        "Alert",
        "【注意喚起】",
        "Alert: ",
        "## 概要\n\n## 影響\n\n## 会員への依頼（期限）\n\n## 参考情報\n",
        "## Summary\n\n## Impact\n\n## What members do, and by when\n\n## References\n",
    ),
    (
        "VULN",
        "脆弱性情報",
        "Vulnerability",
        "【脆弱性】",
        "Vulnerability: ",
        "## 概要\n\n## 影響を受ける製品とバージョン\n\n## 悪用の状況\n\n## 対策・回避策\n\n## 対応期限の目安\n\n## 参考情報\n",
        "## Summary\n\n## Affected products and versions\n\n## Exploitation\n\n## Fix and workarounds\n\n## Due\n\n"
        "## References\n",
    ),
)


def begin(apps, schema_editor):
    """Begin with the four categories of a CSIRT portal, and a template for each of the two that are urgent."""
    category, template = apps.get_model("advisories", "Category"), apps.get_model("advisories", "Template")
    rows = {
        series: category.objects.create(series=series, name_ja=ja, name_en=en, position=place)
        for place, (series, ja, en) in enumerate(CATEGORIES)
    }
    checklist = [{"ja": ja, "en": en, "by": ""} for ja, en in CHECKLIST]
    for series, name_ja, name_en, title_ja, title_en, body_ja, body_en in TEMPLATES:
        template.objects.create(
            category=rows[series],
            name_ja=name_ja,
            name_en=name_en,
            title_ja=title_ja,
            title_en=title_en,
            body_ja=body_ja,
            body_en=body_en,
            checklist=checklist,
        )
