"""Addresses of sources and of what was read of them."""

from django.urls import path

from noroshi.advisories.views import daily, inventories, rule_packs, sources, tasks, trends, triage, vulnerabilities

app_name = "advisories"

urlpatterns = [
    path("vulnerabilities/", vulnerabilities.vulnerability_list, name="vulnerabilities"),
    path("catalogues/", vulnerabilities.catalogue_changes, name="catalogue-changes"),
    path("vulnerabilities/<uuid:vulnerability_id>/", vulnerabilities.vulnerability_detail, name="vulnerability"),
    path("rules/", rule_packs.packs, name="rule-packs"),
    path("rules/<uuid:pack_id>/", rule_packs.pack, name="rule-pack"),
    path("sheets/", daily.sheet_list, name="sheets"),
    path("sheets/next", daily.next_sheet, name="next-sheet"),
    path("sheets/issue", daily.issue_sheet, name="issue-sheet"),
    path("sheets/words", daily.watched_words, name="watched-words"),
    path("sheets/<uuid:sheet_id>/", daily.sheet_detail, name="sheet"),
    path("sheets/<uuid:sheet_id>/sheet.csv", daily.sheet_csv, name="sheet-csv"),
    path("sheets/<uuid:sheet_id>/sheet.pdf", daily.sheet_pdf, name="sheet-pdf"),
    path("trends/", trends.trends, name="trends"),
    path("trends/report.pdf", trends.trends_pdf, name="trends-pdf"),
    path("trends/<slug:section>.csv", trends.trends_csv, name="trends-csv"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<uuid:match_id>/", tasks.task_detail, name="task"),
    path("tasks/<uuid:match_id>/<slug:verb>", tasks.task_verb, name="task-verb"),
    path("assets/", inventories.asset_list, name="assets"),
    path("assets/<uuid:asset_id>/", inventories.asset_detail, name="asset"),
    path("inventories/new", inventories.inventory_new, name="inventory-new"),
    path("inventories/<uuid:inventory_id>/", inventories.inventory_detail, name="inventory"),
    path("inventories/<uuid:inventory_id>/match", inventories.inventory_match, name="inventory-match"),
    path("inventories/<uuid:inventory_id>/give-up", inventories.inventory_give_up, name="inventory-give-up"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add", sources.add_source, name="add-source"),
    path("sources/<uuid:source_id>/", sources.source, name="source"),
    path("sources/<uuid:source_id>/change", sources.change_source, name="change-source"),
    path("sources/<uuid:source_id>/switch", sources.switch_source, name="switch-source"),
    path("sources/<uuid:source_id>/now", sources.ask_now, name="ask-now"),
    path("sources/<uuid:source_id>/settle", sources.settle_source, name="settle-source"),
    path("sources/<uuid:source_id>/back-fill", sources.back_fill, name="back-fill"),
    path("sources/<uuid:source_id>/items/", sources.items, name="items"),
    path("triage/", triage.queue, name="triage"),
    path("triage/rules/", triage.routing_rules, name="routing-rules"),
    path("triage/rules/<uuid:routing_rule_id>/", triage.routing_rule, name="routing-rule"),
    path("triage/rules/<uuid:routing_rule_id>/switch", triage.switch_rule, name="switch-rule"),
    path("triage/<uuid:story_id>/", triage.story, name="story"),
    path("triage/<uuid:story_id>/draft", triage.draft, name="story-draft"),
    path("triage/<uuid:story_id>/<slug:verb>", triage.story_verb, name="story-verb"),
    path("items/<uuid:item_id>/", sources.item, name="item"),
    path("fetches/<uuid:fetch_id>/replay", sources.replay_fetch, name="replay-fetch"),
    path("letters/", sources.letters, name="letters"),
    path("letters/<uuid:letter_id>/", sources.letter, name="letter"),
]
